import CResample
import LinnetTensor

/// The weights of one direction of an antialiased resize.
///
/// Output sample `i` of `count` stands for the interval of width `scale = (to − from) / count` at
/// `from + i · scale`; it is the sum of the source samples under the filter, which is stretched by `scale` where that
/// is above 1 (so that nothing aliases), cut at the source's ends and normalised. Weights are fixed point with
/// `LINNET_RESAMPLE_FRACTION_BITS` bits, rounded half away from zero, which is the arithmetic of Pillow's 8-bit resize.
struct ResamplingAxis: Sendable {
  /// What a set of weights is made for.
  struct Key: Hashable, Sendable {
    /// Samples there are.
    var source: Int
    /// The interval that is resized, inside 0…source.
    var from: Double
    var to: Double
    /// Samples wanted.
    var count: Int
    var filter: Preprocessing.Filter
    /// Whether the last of them comes first.
    var isReversed = false
  }

  private var key: Key?
  /// Source samples that each output sample reads.
  private(set) var taps = 0
  /// The first of them, an output sample each; `start + taps` is at most `source`.
  private(set) var starts: [Int32] = []
  /// `taps` for each output sample.
  private(set) var weights: [Int32] = []
  private var window: [Double] = []

  /// Samples there are.
  var source: Int { key?.source ?? 0 }
  /// Output samples.
  var count: Int { starts.count }
  /// Every output sample is one whole source sample, and none is left out.
  var isIdentity: Bool {
    key.map { $0.from == 0 && $0.to == Double($0.source) && $0.count == $0.source && !$0.isReversed } ?? false
  }

  /// Makes the weights for `key`, or keeps those that are there.
  mutating func prepare(_ key: Key) {
    guard key != self.key else { return }
    self.key = key
    let scale = (key.to - key.from) / Double(key.count)
    let stretch = max(scale, 1)
    let support = key.filter.support * stretch
    taps = min(2 * Int(support.rounded(.up)) + 1, key.source)
    starts.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    for place in 0..<key.count {
      let i = key.isReversed ? key.count - 1 - place : place
      let centre = key.from + (Double(i) + 0.5) * scale
      let first = max(0, Int(centre - support + 0.5))
      let last = min(key.source, Int(centre + support + 0.5))
      let start = min(first, key.source - taps)
      window.removeAll(keepingCapacity: true)
      var sum = 0.0
      for sample in start..<start + taps {
        let inside = sample >= first && sample < last
        let weight = inside ? key.filter.weight((Double(sample) - centre + 0.5) / stretch) : 0
        window.append(weight)
        sum += weight
      }
      starts.append(Int32(start))
      let one = Double(1 << LINNET_RESAMPLE_FRACTION_BITS) / sum
      for weight in window { weights.append(Int32((weight * one).rounded(.toNearestOrAwayFromZero))) }
    }
  }
}

extension Preprocessing.Filter {
  /// Half the width of the filter, in samples.
  fileprivate var support: Double {
    switch self {
    case .bicubic: 2
    case .bilinear: 1
    }
  }

  fileprivate func weight(_ x: Double) -> Double {
    let x = abs(x)
    switch self {
    case .bicubic where x < 1: return (1.5 * x - 2.5) * x * x + 1
    case .bicubic where x < 2: return ((-0.5 * x + 2.5) * x - 4) * x + 2
    case .bilinear where x < 1: return 1 - x
    case .bicubic, .bilinear: return 0
    }
  }
}

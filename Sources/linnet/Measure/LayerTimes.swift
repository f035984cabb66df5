internal import CLinux
internal import LinnetModel
internal import LinnetRuntime

/// How long each layer took in each of some runs.
struct LayerTimes {
  let layers: [Layer]
  let runs: [Run]

  struct Run {
    /// Nanoseconds of the monotonic clock.
    let begun: UInt64
    let ended: UInt64
    /// A layer's share of it, in the order of ``layers``.
    let nanoseconds: [UInt64]
  }

  /// Runs the session `runs` times, after some runs that warm it up.
  /// - Parameter pause: called some ten times, before, between and after runs.
  static func measure(_ session: Session, runs: Int, pause: () -> Void = {}) -> LayerTimes {
    let layers = Layer.list(session)
    for _ in 0..<min(20, runs) { session.run() }
    var made: [Run] = []
    for run in 0..<runs {
      if run % max(1, runs / 10) == 0 { pause() }
      var nanoseconds = [UInt64](repeating: 0, count: layers.count)
      let begun = linnet_monotonic_nanoseconds()
      session.run(addingTo: &nanoseconds)
      made.append(Run(begun: begun, ended: linnet_monotonic_nanoseconds(), nanoseconds: nanoseconds))
    }
    pause()
    return LayerTimes(layers: layers, runs: made)
  }

  /// Median nanoseconds of each layer.
  var medians: [Double] { sorted.map { ($0[($0.count - 1) / 2] + $0[$0.count / 2]) / 2 } }

  /// Least nanoseconds of each layer.
  var leasts: [Double] { sorted.map { $0[0] } }

  private var sorted: [[Double]] {
    layers.indices.map { layer in runs.map { Double($0.nanoseconds[layer]) }.sorted() }
  }
}

/// Time and work of one layer, or of several together.
struct Cost {
  var nanoseconds = 0.0
  var leastNanoseconds = 0.0
  var multiplyAccumulates = 0
  var bytes = 0
  var layers = 0

  static func += (sum: inout Cost, other: Cost) {
    sum.nanoseconds += other.nanoseconds
    sum.leastNanoseconds += other.leastNanoseconds
    sum.multiplyAccumulates += other.multiplyAccumulates
    sum.bytes += other.bytes
    sum.layers += other.layers
  }

  /// 10⁹ multiply-accumulates a second; `nil` where nothing is multiplied or no time passed.
  var gmacsPerSecond: Double? {
    multiplyAccumulates > 0 && nanoseconds > 0 ? Double(multiplyAccumulates) / nanoseconds : nil
  }

  /// Of this peak.
  func share(of peak: Peak) -> Double? { gmacsPerSecond.map { $0 / peak.gmacsPerSecond } }
}

extension LayerTimes {
  /// What each layer cost, by the medians.
  var costs: [Cost] {
    zip(layers, zip(medians, leasts)).map { layer, times in
      Cost(
        nanoseconds: times.0, leastNanoseconds: times.1, multiplyAccumulates: layer.multiplyAccumulates,
        bytes: layer.bytes, layers: 1)
    }
  }
}

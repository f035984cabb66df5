/// How many thresholds for unknown a head has.
public enum ThresholdScope: String, CaseIterable, Hashable, Sendable {
  case common
  /// One a class: that of the likeliest class decides.
  case ofEachClass = "class"
}

/// Thresholds of classes whose pictures lie closer together, or further apart, than those of others.
enum ClassThresholds {
  /// What is added to the common threshold, a number a class: how much higher the open-set score lies that `refusedShare` of the
  /// class's pictures stay below than the one that this share of all do.
  ///
  /// Few shots tell nothing of so small a share directly. A class's scores are taken to be spread as all are, about a mean
  /// and with a deviation of their own, each estimated beside 1 / `refusedShare` shots of all classes, as many as are needed to
  /// see one that is refused: n shots of the class count n, and those of all classes that many (Efron, Morris, "Stein's
  /// Paradox in Statistics", 1977).
  ///
  /// - Parameters:
  ///   - scores: of held-out shots; at least one.
  ///   - classOf: of each.
  static func offsets(_ scores: [Float], classOf: [Int], classCount: Int, refusedShare: Float) -> [Float] {
    let all = Moments(scores)
    let common = Calibration.quantile(scores.sorted(), Double(refusedShare)) - Float(all.mean)
    let others = 1 / Double(max(refusedShare, 1e-3))
    return (0..<classCount).map { place in
      let own = Moments(scores.indices.lazy.filter { classOf[$0] == place }.map { scores[$0] })
      let count = Double(own.count)
      let shift = count * (own.mean - all.mean) / (count + others)
      let variance = (count * own.variance + others * all.variance) / (count + others)
      let widening = all.variance > 0 ? (variance / all.variance).squareRoot() - 1 : 0
      return Float(shift) + common * Float(widening)
    }
  }

  /// In whole steps of 2⁻²⁰, so that the order of shots does not matter.
  private struct Moments {
    private(set) var count = 0
    private(set) var mean = 0.0
    private(set) var variance = 0.0

    init(_ scores: some Collection<Float>) {
      guard !scores.isEmpty else { return }
      count = scores.count
      mean = Moments.mean(scores.lazy.map { Double($0) })
      let mean = mean
      variance = Moments.mean(scores.lazy.map { (Double($0) - mean) * (Double($0) - mean) })
    }

    private static func mean(_ values: some Collection<Double>) -> Double {
      Double(values.reduce(0) { $0 + Int(($1 * 1_048_576).rounded()) }) / 1_048_576 / Double(values.count)
    }
  }
}

extension Head {
  /// The open-set score below which an embedding is unknown whose likeliest class is the one at `place`; `nil`: nothing is.
  public func threshold(of place: Int) -> Float? {
    unknownThreshold.map { threshold in threshold + (thresholdOffsets.map { $0[place] } ?? 0) }
  }
}

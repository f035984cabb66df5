/// How well scores tell the known from the unknown; higher scores claim to be known.
public enum OpenSetMeasure {
  /// Area under the receiver operating characteristic: the chance that a known picture scores higher than an
  /// unknown one, ties counting half. `nil` when either is missing.
  public static func auroc(known: [Float], unknown: [Float]) -> Double? {
    guard !known.isEmpty, !unknown.isEmpty else { return nil }
    let unknown = unknown.sorted()
    var sum = 0.0
    for score in known {
      sum += Double(firstPlace(in: unknown) { $0 >= score } + firstPlace(in: unknown) { $0 > score }) / 2
    }
    return sum / Double(known.count) / Double(unknown.count)
  }

  /// The share of unknown pictures accepted where the threshold accepts at least 95 % of the known.
  /// `nil` when either is missing.
  public static func falsePositiveRate95(known: [Float], unknown: [Float]) -> Double? {
    guard !known.isEmpty, !unknown.isEmpty else { return nil }
    let known = known.sorted()
    let threshold = known[known.count / 20]
    return Double(unknown.count { $0 >= threshold }) / Double(unknown.count)
  }

  private static func firstPlace(in sorted: [Float], where isBeyond: (Float) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The mean of some figures and the half width of its 95 % confidence interval, 1.96 standard errors.
public struct MeanAndInterval: Hashable, Sendable {
  public var mean: Double
  public var ci95: Double

  public init(mean: Double, ci95: Double) {
    self.mean = mean
    self.ci95 = ci95
  }

  /// `nil` of nothing.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    self.mean = mean
    ci95 = 1.96 * (variance / count).squareRoot()
  }
}

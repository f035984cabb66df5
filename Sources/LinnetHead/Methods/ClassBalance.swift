/// What is done about classes of unequal numbers of shots.
public enum ClassBalance: String, CaseIterable, Hashable, Sendable {
  /// Every shot counts the same.
  case none
  /// The fewer shots a class has, the more each of them counts.
  case weights

  /// How much every shot counts; the mean is one.
  ///
  /// - Parameters:
  ///   - weights: of the shots themselves.
  ///   - exponent: a shot counts (shots of its class)^−exponent; 1 makes all classes count the same.
  func strengths(_ classOf: [Int], classCount: Int, weights: [Float]?, exponent: Exponent = .one) -> [Float] {
    var counts = [Int](repeating: 0, count: classCount)
    for place in classOf { counts[place] += 1 }
    var strengths = weights ?? [Float](repeating: 1, count: classOf.count)
    if self == .weights {
      for (row, place) in classOf.enumerated() {
        let count = Float(counts[place])
        strengths[row] /= exponent == .one ? count : count * count.squareRoot()
      }
    }
    // In double precision the sum hardly depends on the order.
    let mean = strengths.reduce(0.0) { $0 + Double($1) } / Double(max(strengths.count, 1))
    return strengths.map { Float(Double($0) / mean) }
  }

  enum Exponent {
    case one
    case oneAndAHalf
  }
}

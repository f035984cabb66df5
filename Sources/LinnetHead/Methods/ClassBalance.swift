internal import LinnetAlgebra

/// What is done about classes of unequal numbers of shots.
public enum ClassBalance: String, CaseIterable, Hashable, Sendable {
  /// Every shot counts the same.
  case none
  /// The fewer shots a class has, the more each of them counts.
  case weights
  /// Shots are repeated, by lot, until every class has as many as the largest.
  case oversample
  /// Shots are left out, by lot, until every class has as few as the smallest.
  case undersample
  /// Every shot counts the same, and afterwards every class's scores are shifted by how few it has (``ScoreOffsets``); as
  /// `weights` where a class has nothing that can be held out, which tells by how much.
  case offsets

  /// How much every shot counts; the mean is one.
  ///
  /// - Parameters:
  ///   - weights: of the shots themselves; with `oversample` and `undersample` those of ``Samples/drawn(_:seed:)``.
  ///   - exponent: with `weights` a shot counts (shots of its class)^−exponent; 1 makes all classes count the same.
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

extension Samples {
  /// What a shot counts that was left out.
  static let leftOut: Float = 1e-6

  /// Those that the lot did not leave out.
  var withoutLeftOut: [Int] {
    guard let weights else { return Array(classOf.indices) }
    return classOf.indices.filter { weights[$0] > Samples.leftOut }
  }

  /// With weights as if shots had been repeated or left out; as they are for other ways to balance. The lot falls on
  /// shots by what they are, not by the order in which they came.
  func drawn(_ balance: ClassBalance, seed: UInt64) -> Samples {
    let counts = counts.filter { $0 > 0 }
    guard balance == .oversample || balance == .undersample, let least = counts.min(),
      let most = counts.max(),
      least < most
    else { return self }
    var weights = weights ?? [Float](repeating: 1, count: count)
    var members = [[Int]](repeating: [], count: classCount)
    for row in canonicalOrder { members[classOf[row]].append(row) }
    for (place, rows) in members.enumerated() where !rows.isEmpty {
      // A class's lot does not depend on the other classes.
      var random = SplitMix(seed: seed &+ UInt64(place))
      var order = rows
      let target = balance == .oversample ? most : least
      random.choose(order.count, of: &order)
      for (turn, row) in order.enumerated() {
        let times = target / rows.count + (turn < target % rows.count ? 1 : 0)
        weights[row] = times == 0 ? Samples.leftOut : weights[row] * Float(times)
      }
    }
    var drawn = self
    drawn.weights = weights
    drawn.heldOutCosines = nil
    return drawn
  }
}

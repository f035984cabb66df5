/// Two contenders on the same queries: which is better, and whether that is more than chance.
public struct Comparison: Sendable {
  /// How the probability was found.
  public enum Test: String, Hashable, Sendable {
    /// Exact McNemar test over the queries, of two heads on one set of them.
    case mcNemar = "mcnemar"
    /// Sign-flip permutation test over the episodes' balanced accuracies.
    case signFlip = "sign-flip"
  }

  /// The one compared with, and the one that is better or worse.
  public let before: String
  public let after: String
  /// Balanced accuracy of the second less that of the first, and the half width of its 95 % interval.
  public let difference: MeanAndInterval
  /// Queries that the second alone answered right, and that the first alone did.
  public let gained: Int
  public let lost: Int
  public let test: Test
  /// The chance of a difference as great were neither better; two-sided. Episodes share pictures, so that it is a
  /// little too small.
  public let probability: Double
  /// Of each class: recall of the second less that of the first.
  public let recallDifference: [Double?]

  /// - Precondition: both evaluated the same episodes.
  public init(before: Evaluation, after: Evaluation) {
    precondition(before.outcomes.count == after.outcomes.count, "not the same episodes")
    self.before = before.contender
    self.after = after.contender
    var (gained, lost) = (0, 0)
    for (first, second) in zip(before.outcomes, after.outcomes) {
      for (one, other) in zip(first.answers, second.answers) {
        precondition(one.picture == other.picture, "not the same queries")
        gained += !one.isRight && other.isRight ? 1 : 0
        lost += one.isRight && !other.isRight ? 1 : 0
      }
    }
    (self.gained, self.lost) = (gained, lost)
    let differences = zip(before.balancedAccuracies, after.balancedAccuracies).map { $1 - $0 }
    let mean = MeanAndInterval(differences)!
    if before.outcomes.count == 1 {
      test = .mcNemar
      probability = PairedTest.mcNemar(onlyFirst: lost, onlySecond: gained)
      let squares = before.balancedAccuracy.ci95 * before.balancedAccuracy.ci95
      let others = after.balancedAccuracy.ci95 * after.balancedAccuracy.ci95
      difference = MeanAndInterval(mean: mean.mean, ci95: (squares + others).squareRoot())
    } else {
      test = .signFlip
      probability = PairedTest.signFlip(differences)
      difference = mean
    }
    recallDifference = zip(before.recall, after.recall).map { first, second in
      guard let first, let second else { return nil }
      return second - first
    }
  }
}

extension Evaluation {
  /// Of every episode that has a query.
  public var balancedAccuracies: [Double] {
    outcomes.compactMap { outcome in
      let columns = (outcome.answers.map { Int($0.answer) }.max() ?? 0) + 1
      return ClassMeasures(
        confusion: outcome.confusion(classes: classes.count, answers: max(classes.count, columns))
      ).balancedAccuracy
    }
  }
}

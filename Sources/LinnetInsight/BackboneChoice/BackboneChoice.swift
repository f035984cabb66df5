public import LinnetHead

/// Which backbone and which method of learning a head suit some captures on this machine.
public struct BackboneChoice: Sendable {
  /// A backbone, what it costs here, and how well heads on it do.
  public struct Trial: Sendable {
    public var backbone: BackboneIdentity
    public var path: String
    /// From an encoded picture to the embedding, the median of some.
    public var milliseconds: Double
    /// Of the model file.
    public var fileBytes: Int
    /// Of activations and scratch, beside the file.
    public var memoryBytes: Int
    public var results: [Result]

    public init(
      backbone: BackboneIdentity, path: String, milliseconds: Double, fileBytes: Int, memoryBytes: Int,
      results: [Result]
    ) {
      (self.backbone, self.path, self.milliseconds) = (backbone, path, milliseconds)
      (self.fileBytes, self.memoryBytes, self.results) = (fileBytes, memoryBytes, results)
    }
  }

  /// How well a method did on captures that it had not seen.
  public struct Result: Hashable, Sendable {
    public var method: HeadMethod
    /// The mean of the classes' shares of right answers.
    public var balancedAccuracy: Double
    /// Its standard error: each class's answers taken for independent trials.
    public var standardError: Double

    public init(method: HeadMethod, balancedAccuracy: Double, standardError: Double) {
      self.method = method
      self.balancedAccuracy = balancedAccuracy
      self.standardError = standardError
    }

    /// `nil` where no class could be asked about.
    public init?(method: HeadMethod, of captures: LabelledCaptures, _ heldOut: HeldOutAnswers) {
      var (sum, variance, classes) = (0.0, 0.0, 0.0)
      for (label, row) in heldOut.confusion(captures).enumerated() {
        let all = Double(row.reduce(0, +))
        guard all > 0 else { continue }
        let recall = Double(row[label]) / all
        // One answer more of each kind, so that a class that is always right is not taken for certain.
        let share = (Double(row[label]) + 1) / (all + 2)
        sum += recall
        variance += share * (1 - share) / all
        classes += 1
      }
      guard classes > 0 else { return nil }
      self.init(
        method: method, balancedAccuracy: sum / classes, standardError: variance.squareRoot() / classes)
    }
  }

  /// The methods that need nothing but shots.
  public static let usualMethods = HeadMethod.allCases.filter { $0 != .imprint }

  public let trials: [Trial]
  /// The recommended trial and the place of its method in the trial's results.
  public let recommended: (trial: Int, result: Int)
  /// Why, a sentence.
  public let reason: String

  /// Recommends the fastest backbone whose best head is not significantly worse than the best of all: within one standard
  /// error, the rule of Breiman, Friedman, Olshen, Stone ("Classification and Regression Trees", 1984). Of its methods, the
  /// best, of equals the one that stands first.
  ///
  /// - Parameters:
  ///   - trials: each with a result; at least one.
  ///   - budget: milliseconds that an embedding may take; when none keeps to it, the fastest is recommended.
  public init?(_ trials: [Trial], budget: Double? = nil) {
    self.trials = trials
    func best(_ trial: Trial) -> Int? {
      trial.results.indices.max { one, other in
        let (a, b) = (trial.results[one].balancedAccuracy, trial.results[other].balancedAccuracy)
        return (a, other) < (b, one)
      }
    }
    let candidates = trials.indices.compactMap { place in
      best(trials[place]).map { (trial: place, result: $0) }
    }
    func milliseconds(_ candidate: (trial: Int, result: Int)) -> Double {
      trials[candidate.trial].milliseconds
    }
    func result(_ candidate: (trial: Int, result: Int)) -> Result {
      trials[candidate.trial].results[candidate.result]
    }
    guard let fastest = candidates.min(by: { (milliseconds($0), $0.trial) < (milliseconds($1), $1.trial) })
    else {
      return nil
    }
    let affordable = candidates.filter { candidate in budget.map { milliseconds(candidate) <= $0 } ?? true }
    guard
      let winner = affordable.max(by: {
        (result($0).balancedAccuracy, -milliseconds($0)) < (result($1).balancedAccuracy, -milliseconds($1))
      })
    else {
      recommended = fastest
      reason = "none keeps to the time that is allowed; this is the fastest"
      return
    }
    let bar = result(winner).balancedAccuracy - result(winner).standardError
    let chosen =
      affordable.filter { result($0).balancedAccuracy >= bar }
      .min { (milliseconds($0), $0.trial) < (milliseconds($1), $1.trial) } ?? winner
    recommended = chosen
    reason =
      if candidates.count == 1 {
        "it is the only backbone here, and no other method does better on captures that were held out"
      } else if chosen.trial == winner.trial {
        chosen.trial == fastest.trial
          ? "it is the most accurate, and the fastest"
          : "it is the most accurate, and every faster one is worse by more than chance explains"
      } else {
        "it is the fastest of those that are as accurate as the best, \(trials[winner.trial].backbone.name), within what "
          + "chance explains"
      }
  }
}

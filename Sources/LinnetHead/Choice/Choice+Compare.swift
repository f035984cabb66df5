internal import LinnetAlgebra

extension Choice {
  /// How many standard errors another way must be likelier than the usual one.
  private static let certainty = 2.0
  /// Logistic regression is not tried on more shots: it takes seconds there, and the closed forms are as good.
  private static let logisticLimit = 1000

  /// A candidate with what it takes to learn it.
  private struct Trial {
    var name: String
    var recipe: HeadRecipe
    var treatment: EmbeddingTreatment

    init(_ name: String, _ method: HeadMethod, _ treatment: EmbeddingTreatment, regularisation: Float? = nil)
    {
      self.name = name
      recipe = HeadRecipe(method)
      recipe.regularisation = regularisation
      self.treatment = treatment
    }
  }

  /// Compares the ways to learn a head on shots that are held out, and gives the best with its treatment.
  ///
  /// The usual way, ridge regression on everything that the backbone gives, stays unless another is likelier by more than
  /// twice the standard error of the difference: with few shots the best of many looks better than it is (Cawley, Talbot,
  /// "On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation", 2010; the rule of
  /// standard errors is of Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984).
  ///
  /// - Parameter progress: is told after each way how many of how many are done.
  /// - Returns: beside them what the chosen way makes of all shots.
  static func among(
    _ recipe: HeadRecipe, shots: Shots, backbone: BackboneIdentity, support: TrainingSupport,
    progress: (Int, Int) -> Void
  ) throws(HeadError) -> (choice: Choice, recipe: HeadRecipe, treatment: EmbeddingTreatment, fit: Fit?) {
    var recipe = recipe
    recipe.balance = recipe.balance.possible(
      for: Samples(shots, Matrix(rows: shots.count, columns: 0)))
    let trials = trials(recipe, shots, backbone, support.prior)
    var candidates: [Candidate] = []
    var outcomes: [Outcome] = []
    var isByGroup = false
    var chosen = 0
    var chosenFit: Fit?
    var samples: (treatment: EmbeddingTreatment, samples: Samples)?
    for trial in trials {
      if samples?.treatment != trial.treatment {
        samples = nil
        var treated = Samples(shots, trial.treatment)
        treated.gram = treated.count <= treated.matrix.columns ? treated.inner : nil
        treated.heldOutCosines = Prototypes(treated).heldOutCosines(treated)
        samples = (trial.treatment, treated)
        isByGroup = treated.shareGroups
      }
      guard let treated = samples?.samples else { continue }
      let prototypes = Prototypes(treated)
      let fit = try Fit.fit(trial.recipe, treated, prototypes: prototypes, support: support)
      let heldOut = HeldOutScores(treated, prototypes: prototypes, scores: fit.heldOut)
      let outcome = Outcome(heldOut, classCount: treated.classCount, fallback: fit.fallbackTemperature)
      candidates.append(
        Candidate(
          name: trial.name, method: trial.recipe.method, regularisation: trial.recipe.regularisation,
          accuracy: outcome.map { Float($0.accuracy) }, likelihood: outcome.map { Float($0.likelihood) }))
      progress(candidates.count, trials.count)
      if let outcome {
        outcomes.append(outcome)
        chosen = best(outcomes)
      }
      // Once another is likelier than the first, none but a likelier one still takes its place.
      if chosen == candidates.count - 1 { chosenFit = fit }
      // Without outcomes of the usual way there is nothing to compare with.
      if outcome == nil { break }
    }
    let reason: Reason = outcomes.isEmpty ? .tooFewShots : chosen == 0 ? .noneClearlyBetter : .clearlyBetter
    let choice = Choice(candidates: candidates, chosen: chosen, reason: reason, isByGroup: isByGroup)
    return (choice, trials[chosen].recipe, trials[chosen].treatment, chosenFit)
  }

  private static func trials(
    _ recipe: HeadRecipe, _ shots: Shots, _ backbone: BackboneIdentity, _ prior: MetricPrior?
  ) -> [Trial] {
    let dimension = shots.dimension
    var trials: [Trial]
    if let given = recipe.treatment {
      trials = [
        Trial("ridge", .ridge, given), Trial("ridge held back", .ridge, given, regularisation: 1),
        Trial("logistic", .logistic, given), Trial("class means", .prototype, given),
      ]
    } else {
      let layers = prior?.treatment ?? EmbeddingTreatment.layers(of: backbone, dimension: dimension)
      // Where a few shots of one class stand against many of another and count as much, more must be held back.
      let isEven = Set(shots.counts).count == 1 || recipe.balance == .offsets
      let parts = backbone.parts(dimension: dimension)
      let all = prior != nil ? "prior" : parts.count > 1 ? "all layers" : "embedding and its roots"
      let embedding = EmbeddingTreatment.l2(parts[0].range.count)
      trials = [
        Trial("ridge, \(all)", .ridge, layers, regularisation: isEven ? nil : 1),
        Trial("ridge held back, \(all)", .ridge, layers, regularisation: isEven ? 1 : 3),
        Trial("class means, \(all)", .prototype, layers), Trial("ridge, embedding", .ridge, embedding),
        Trial("logistic, embedding", .logistic, embedding),
        Trial("class means, embedding", .prototype, embedding),
      ]
    }
    for place in trials.indices {
      trials[place].recipe.balance = recipe.balance
      trials[place].recipe.focal = recipe.focal
      trials[place].recipe.seed = recipe.seed
      trials[place].recipe.unknown = recipe.unknown
      trials[place].recipe.thresholds = recipe.thresholds
    }
    return trials.filter { shots.count <= logisticLimit || $0.recipe.method != .logistic }
  }

  /// The likeliest of those that beat the first by more than chance; the first where none does.
  private static func best(_ outcomes: [Outcome]) -> Int {
    var chosen = 0
    for place in outcomes.indices.dropFirst() {
      let gain = outcomes[place].gain(over: outcomes[0])
      if gain.mean > certainty * gain.standardError, outcomes[place].likelihood > outcomes[chosen].likelihood
      {
        chosen = place
      }
    }
    return chosen
  }
}

/// How a way to learn did on the shots that could be held out.
private struct Outcome {
  /// Balanced over classes.
  let accuracy: Double
  let likelihood: Double
  /// The logarithm of the probability of the own class, a shot that could be held out each.
  private let logarithms: [Double]
  /// What each of these counts; one in sum.
  private let shares: [Double]

  /// `nil` when too few could be held out.
  init?(_ heldOut: HeldOutScores, classCount: Int, fallback: Float) {
    guard heldOut.suffice, classCount > 1 else { return nil }
    let temperature = Calibration.temperature(heldOut, fallback: fallback)
    var counts = [Int](repeating: 0, count: classCount)
    for row in heldOut.usable { counts[heldOut.classOf[row]] += 1 }
    let classes = counts.count { $0 > 0 }
    var (logarithms, shares): ([Double], [Double]) = ([], [])
    // In whole steps, so that the order of shots does not matter.
    var (right, likelihood) = (0, 0)
    for row in heldOut.usable {
      let place = heldOut.classOf[row]
      let all = heldOut.scores.elements(of: row)
      let probability = softmax(all, temperature: temperature)[place]
      let share = 1 / Double(counts[place] * classes)
      let logarithm = LinnetAlgebra.logarithm(Double(max(probability, 1e-9)))
      logarithms.append(logarithm)
      shares.append(share)
      let isRight = all.indices.allSatisfy { $0 == place || all[$0] < all[place] }
      right += isRight ? Int(share * 1e12) : 0
      likelihood += Int(share * logarithm * 1e12)
    }
    self.logarithms = logarithms
    self.shares = shares
    accuracy = Double(right) / 1e12
    self.likelihood = Double(likelihood) / 1e12
  }

  /// Of the likelihood, shot by shot.
  func gain(over other: Outcome) -> (mean: Double, standardError: Double) {
    let mean = likelihood - other.likelihood
    var squares = 0
    for place in shares.indices {
      let deviation = shares[place] * (logarithms[place] - other.logarithms[place] - mean)
      squares += Int(deviation * deviation * 1e15)
    }
    return (mean, (Double(squares) / 1e15).squareRoot())
  }
}

internal import LinnetAlgebra

/// What a method makes of samples: the scorer, and how it scores each of them had it been learned without that one.
struct Fit: Sendable {
  var scorer: Head.Scorer
  /// n × classes, before temperature and softmax.
  var heldOut: Matrix
  /// The temperature where too few shots can be held out to fit it.
  var fallbackTemperature: Float = 1
}

extension Fit {
  /// Fits the method of `recipe` to treated shots. Shots of one group are held out together.
  ///
  /// - Parameter prototypes: the class means of the same samples.
  static func fit(
    _ recipe: HeadRecipe, _ samples: Samples, prototypes: Prototypes, support: TrainingSupport
  ) throws(HeadError) -> Fit {
    var recipe = recipe
    recipe.balance = recipe.balance.possible(for: samples)
    // No small class's shots count much, which must not be followed closely then.
    if recipe.method == .ridge, recipe.balance == .offsets, recipe.regularisation == nil {
      recipe.regularisation = RidgeRegression.usualRegularisation
    }
    var fit = try fit(alone: recipe, samples, prototypes: prototypes, support: support)
    // The folds of a perceptron keep groups together themselves.
    if samples.shareGroups, recipe.method != .mlp {
      fit.heldOut = try heldOutByGroups(recipe, samples, support: support)
    }
    if recipe.balance == .offsets { fit.shift(by: samples) }
    return fit
  }

  /// Every shot held out by itself, whatever its group.
  static func fit(
    alone recipe: HeadRecipe, _ samples: Samples, prototypes: Prototypes, support: TrainingSupport
  ) throws(HeadError) -> Fit {
    let drawn = samples.drawn(recipe.balance, seed: recipe.seed)
    let kept = drawn.withoutLeftOut
    if kept.count < samples.count, recipe.method.seesWeights {
      return try fit(recipe, drawn, kept, support: support)
    }
    switch recipe.method {
    case .prototype:
      var scores = prototypes.heldOutCosines(samples)
      scores.scale(Head.prototypeGain)
      return Fit(scorer: .prototype(gain: Head.prototypeGain), heldOut: scores)
    case .ridge: return RidgeRegression(recipe, drawn).fit
    case .lda: return DiscriminantAnalysis(recipe, drawn).fit
    case .knn: return NearestNeighbours(recipe, drawn).fit(drawn)
    case .logistic: return LogisticRegression.fit(recipe, drawn)
    case .mlp: return PerceptronFit.fit(recipe, drawn)
    case .imprint, .auto:
      throw .missing(method: recipe.method.rawValue, what: "a newer program")
    }
  }

  /// From the `kept` alone. The others the head has never seen, and what it makes of them are their held-out scores.
  private static func fit(
    _ recipe: HeadRecipe, _ samples: Samples, _ kept: [Int], support: TrainingSupport
  ) throws(HeadError) -> Fit {
    let rest = samples.rows(kept)
    let prototypes = Prototypes(rest)
    var fit = try fit(alone: recipe, rest, prototypes: prototypes, support: support)
    var scores = fit.scorer.scores(
      of: samples.matrix, cosines: samples.matrix.timesTransposed(prototypes.directions),
      classCount: samples.classCount)
    for (place, row) in kept.enumerated() {
      for column in 0..<samples.classCount { scores[row, column] = fit.heldOut[place, column] }
    }
    fit.heldOut = scores
    return fit
  }
}

extension HeadMethod {
  /// What it makes of a shot that hardly counts is not what it makes without that.
  fileprivate var seesWeights: Bool { self != .prototype && self != .knn }
}

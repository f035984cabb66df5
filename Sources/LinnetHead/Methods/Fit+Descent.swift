internal import LinnetAlgebra

/// The methods that are learned by descent see the shots in one order, whatever order they came in.
extension LogisticRegression {
  /// - Parameter earlier: where to start, and what the weights are held back to.
  static func fit(
    _ recipe: HeadRecipe, _ samples: Samples, earlier: LinearClassifier? = nil,
    gain: Float = Head.logisticGain
  ) -> LinnetHead.Fit {
    let order = samples.canonicalOrder
    let ordered = samples.rows(order)
    let fit = fit(
      ordered, gain: gain,
      strengths: recipe.balance.strengths(
        ordered.classOf, classCount: ordered.classCount, weights: ordered.weights),
      focal: recipe.focal, regularisation: recipe.regularisation ?? usualRegularisation, earlier: earlier)
    return LinnetHead.Fit(
      scorer: .linear(fit.classifier, gain: gain),
      heldOut: fit.heldOutScores.rows(order.inverted), fallbackTemperature: 0.6)
  }
}

extension PerceptronFit {
  static func fit(_ recipe: HeadRecipe, _ samples: Samples) -> Fit {
    let order = samples.canonicalOrder
    let ordered = samples.rows(order)
    var settings = recipe.perceptron
    settings.decay = recipe.regularisation ?? settings.decay
    let fit = PerceptronFit(
      ordered, gain: Head.logisticGain,
      strengths: recipe.balance.strengths(
        ordered.classOf, classCount: ordered.classCount, weights: ordered.weights),
      focal: recipe.focal, recipe: settings, seed: recipe.seed)
    let heldOut =
      fit.heldOutScores ?? Matrix(rows: samples.count, columns: samples.classCount)
    return Fit(
      scorer: .perceptron(fit.perceptron, gain: Head.logisticGain), heldOut: heldOut.rows(order.inverted),
      fallbackTemperature: 0.6)
  }
}

extension PerceptronFit {
  /// On from earlier layers, at a third of the rate unless the recipe says one.
  static func fit(
    _ recipe: HeadRecipe, _ samples: Samples, from earlier: PerceptronLayers, gain: Float
  ) -> Fit {
    let ordered = samples.rows(samples.canonicalOrder)
    var settings = recipe.perceptron
    settings.decay = recipe.regularisation ?? settings.decay
    settings.rate = settings.rate ?? settings.optimiser.usualRate / 3
    var scaled = ordered.matrix
    scaled.scale(gain)
    let strengths = recipe.balance.strengths(
      ordered.classOf, classCount: ordered.classCount, weights: ordered.weights)
    var training = PerceptronTraining(
      earlier, samples: scaled.appendingOnes(),
      targets: Targets(classOf: ordered.classOf, strengths: strengths, focal: recipe.focal), recipe: settings,
      random: SplitMix(seed: recipe.seed), anchor: earlier)
    _ = training.settle(settings)
    return Fit(
      scorer: .perceptron(Perceptron(training.layers), gain: gain),
      heldOut: Matrix(rows: samples.count, columns: samples.classCount))
  }
}

extension [Int] {
  /// Of an order of 0..<count: where each place has gone.
  fileprivate var inverted: [Int] {
    var places = [Int](repeating: 0, count: count)
    for (place, element) in enumerated() { places[element] = place }
    return places
  }
}

internal import LinnetAlgebra

/// A perceptron learned from shots, its held-out scores included.
struct PerceptronFit {
  let perceptron: Perceptron
  /// n × K: the scores of every shot from a training without it and those of its fold; `nil` where there are too few shots
  /// to hold any out.
  let heldOutScores: Matrix?
  /// Epochs of the last training.
  let epochs: Int

  /// Parts into which shots are dealt, each held out once.
  private static let folds = 5

  /// - Parameters:
  ///   - samples: rows of length one (or zero), in an order that does not depend on how they came.
  ///   - strengths: what each shot's loss counts, one on average.
  init(
    _ samples: Samples, gain: Float, strengths: [Float], focal: Float, recipe: PerceptronRecipe, seed: UInt64
  ) {
    let coordinates = SpanCoordinates(samples, gain: gain)
    let targets = Targets(classOf: samples.classOf, strengths: strengths, focal: focal)
    var random = SplitMix(seed: seed)
    let start = PerceptronLayers(
      width: recipe.hidden, columns: coordinates.samples.columns, classCount: samples.classCount,
      length: gain,
      random: &random)
    let folds = Folds(samples, count: PerceptronFit.folds)
    var heldOut = Matrix(rows: samples.count, columns: samples.classCount)
    var epochs = 0
    for fold in folds.heldOut {
      let best = PerceptronFit.best(
        start, coordinates.samples, targets, heldOut: fold, recipe: recipe, random: random)
      for (row, place) in fold.enumerated() { heldOut.add(1, best.scores, row: row, to: place) }
      epochs += best.epochs
    }
    var training = PerceptronTraining(
      start, samples: coordinates.samples, targets: targets, recipe: recipe, random: random)
    if folds.heldOut.isEmpty {
      heldOutScores = nil
      self.epochs = training.settle(recipe)
    } else {
      heldOutScores = heldOut
      self.epochs = max(1, (epochs + folds.heldOut.count / 2) / folds.heldOut.count)
      for _ in 0..<self.epochs { _ = training.epoch() }
    }
    perceptron = coordinates.perceptron(training.layers)
  }

  /// Training without the fold until its loss does not fall any more; the scores and the epoch where it was least
  /// (Prechelt, "Early Stopping – But When?", 1998).
  private static func best(
    _ start: PerceptronLayers, _ samples: Matrix, _ targets: Targets, heldOut: [Int],
    recipe: PerceptronRecipe, random: SplitMix
  ) -> (scores: Matrix, epochs: Int) {
    let isHeldOut = Set(heldOut)
    let kept = (0..<samples.rows).filter { !isHeldOut.contains($0) }
    let (fold, rest) = (samples.rows(heldOut), samples.rows(kept))
    var training = PerceptronTraining(
      start, samples: rest, targets: targets.rows(kept), recipe: recipe, random: random)
    let judged = targets.rows(heldOut)
    var best = (scores: start.scores(fold), epochs: 0)
    var scores = best.scores
    var least = judged.loss(&scores)
    var epoch = 0
    while epoch < recipe.epochs, epoch - best.epochs < recipe.patience {
      _ = training.epoch()
      epoch += 1
      let reached = training.layers.scores(fold)
      scores = reached
      let loss = judged.loss(&scores)
      if loss < least { (least, best) = (loss, (reached, epoch)) }
    }
    return best
  }
}

extension PerceptronTraining {
  /// Trains until the loss has not fallen by a hundredth for ``PerceptronRecipe/patience`` epochs, or the recipe's epochs
  /// are over.
  mutating func settle(_ recipe: PerceptronRecipe) -> Int {
    var (least, last) = (Double.infinity, 0)
    for epoch in 1...max(recipe.epochs, 1) {
      let loss = self.epoch()
      if loss < 0.99 * least { (least, last) = (loss, epoch) }
      if epoch - last >= recipe.patience { return epoch }
    }
    return recipe.epochs
  }
}

extension Targets {
  /// Of some of the samples.
  func rows(_ places: [Int]) -> Targets {
    Targets(
      classOf: places.map { classOf[$0] }, strengths: places.map { strengths[$0] }, focal: focal)
  }
}

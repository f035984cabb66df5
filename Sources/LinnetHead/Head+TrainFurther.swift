internal import LinnetAlgebra

extension Head {
  /// Learns from shots on top of an earlier head of the same method (``WarmStart``): its classes stay, known ones may
  /// have new shots, and new ones come last. The treatment is the earlier head's.
  static func trainFurther(
    _ recipe: HeadRecipe, shots: Shots, backbone: BackboneIdentity, earlier: Head
  ) throws(HeadError) -> Head {
    try earlier.checkBackbone(backbone)
    guard shots.dimension == earlier.dimension else {
      throw .wrongDimension(expected: earlier.dimension, actual: shots.dimension)
    }
    guard recipe.balance != .offsets else {
      throw .invalidRecipe("offsets need scores of held-out shots, and learning on from a head has none")
    }
    guard let before = earlier.prototypes else {
      throw .missing(
        method: recipe.method.rawValue, what: "an earlier head that knows the means of its classes")
    }
    let start = try WarmStart(shots, earlier: earlier, prototypes: before)
    let fit = try further(recipe, start, earlier)
    var head = Head(
      classes: start.classes, dimension: shots.dimension, backbone: backbone, treatment: earlier.treatment,
      scorer: fit.scorer, prototypes: start.prototypes)
    head.recipe = recipe
    head.recipe?.treatment = earlier.treatment
    head.temperature = earlier.temperature
    head.unknownThreshold = earlier.unknownThreshold
    head.thresholdOffsets = earlier.thresholdOffsets.map { offsets in
      offsets + [Float](repeating: 0, count: start.classes.count - offsets.count)
    }
    return head
  }

  private static func further(_ recipe: HeadRecipe, _ start: WarmStart, _ earlier: Head) throws(HeadError)
    -> Fit
  {
    switch (recipe.method, earlier.scorer) {
    case (.logistic, .linear(let classifier, let gain)):
      guard let classifier = start.classifier(classifier, gain: gain) else { break }
      return LogisticRegression.fit(recipe, start.samples, earlier: classifier, gain: gain)
    case (.mlp, .perceptron(let perceptron, let gain)):
      return PerceptronFit.fit(recipe, start.samples, from: start.layers(perceptron, gain: gain), gain: gain)
    default: break
    }
    throw .missing(
      method: recipe.method.rawValue, what: "an earlier head that was learned by \(recipe.method.rawValue)")
  }
}

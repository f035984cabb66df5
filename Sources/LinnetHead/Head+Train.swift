internal import LinnetAlgebra

extension Head {
  /// Learns a head from shots, deterministically: equal shots in the same order make equal bytes; heads of additive methods
  /// (``HeadMethod/isAdditive``) do not depend on the order at all.
  ///
  /// The head's classes are those of `shots`, in their order; each needs at least one shot. Temperature and threshold come
  /// from scores of held-out shots (``Calibration``). Without a treatment in the recipe, a head over several blocks reads
  /// the backbone's own output, of a pair both.
  ///
  /// - Parameter progress: is told how many of how many steps are done, where there are several: `auto` compares ways to learn.
  public static func train(
    _ recipe: HeadRecipe, shots: Shots, backbone: BackboneIdentity, support: TrainingSupport = .init(),
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(HeadError) -> Head {
    try check(shots)
    if recipe.method == .imprint {
      if let base = support.earlier ?? support.classifier { try base.checkBackbone(backbone) }
      return try Imprint.head(recipe, shots, support)
    }
    guard recipe.perceptron.isValid, 0...100 ~= recipe.focal else {
      throw .invalidRecipe("a number of its recipe is out of range")
    }
    if let earlier = support.earlier, recipe.method == .logistic || recipe.method == .mlp {
      return try trainFurther(recipe, shots: shots, backbone: backbone, earlier: earlier)
    }
    try support.prior.map { prior throws(HeadError) in try prior.check(backbone) }
    if recipe.method == .auto {
      // The last step is what the head does not know.
      let best = try Choice.among(recipe, shots: shots, backbone: backbone, support: support) {
        progress($0, $1 + 1)
      }
      var head = try learn(
        best.recipe, best.treatment, shots, backbone, support, isChosen: true, chosen: best.fit)
      head.recipe = recipe
      head.choice = best.choice
      return head
    }
    let treatment =
      recipe.treatment ?? support.prior?.treatment ?? usualTreatment(shots.dimension, backbone)
    guard recipe.method.isAdditive else {
      return try learn(recipe, treatment, shots, backbone, support)
    }
    return try train(recipe, treatment, KeptShots(shots), classes: shots.classes, backbone, support)
  }

  /// Of an additive method: from what is kept of the shots, in its one order. Meanwhile only the shots are there; coding
  /// them afterwards gives what was kept.
  static func train(
    _ recipe: HeadRecipe, _ treatment: EmbeddingTreatment, _ kept: consuming KeptShots, classes: [String],
    _ backbone: BackboneIdentity, _ support: TrainingSupport
  ) throws(HeadError) -> Head {
    let shots = try kept.shots(classes: classes)
    var head = try learn(recipe, treatment, shots, backbone, support)
    head.kept = KeptShots(shots)
    return head
  }

  private static func learn(
    _ recipe: HeadRecipe, _ treatment: EmbeddingTreatment, _ shots: Shots, _ backbone: BackboneIdentity,
    _ support: TrainingSupport, isChosen: Bool = false, chosen: Fit? = nil
  ) throws(HeadError) -> Head {
    guard treatment.isValid(dimension: shots.dimension) else {
      throw .unsuitableTreatment("it was made for embeddings other than of \(shots.dimension) numbers")
    }
    guard treatment.isBounded else {
      throw .unsuitableTreatment("it leaves embeddings longer than one; let it normalise")
    }
    let comparison = EmbeddingTreatment.embeddingAndLastMap(backbone, dimension: shots.dimension)
    let (fit, heldOut, prototypes, groups, compared) = try fitted(
      recipe, treatment, shots, support, comparison, chosen)
    var head = Head(
      classes: shots.classes, dimension: shots.dimension, backbone: backbone, treatment: treatment,
      scorer: fit.scorer, prototypes: prototypes)
    head.recipe = recipe
    head.temperature = Calibration.temperature(heldOut, fallback: fit.fallbackTemperature)
    // What learns shot by shot keeps the plain rule, which such a shot changes exactly.
    let isIncremental = recipe.method == .prototype && !isChosen
    head.learnUnknown(
      recipe.unknown, shots, compared: compared, groups: groups, heldOut, support,
      usesPlainRule: isIncremental)
    return head
  }

  /// What the method makes of the treated shots, which are gone afterwards unless they are what is compared too.
  ///
  /// - Parameter known: what it makes of them, where that is there already.
  private static func fitted(
    _ recipe: HeadRecipe, _ treatment: EmbeddingTreatment, _ shots: Shots, _ support: TrainingSupport,
    _ comparison: EmbeddingTreatment, _ known: Fit?
  ) throws(HeadError) -> (
    fit: Fit, heldOut: HeldOutScores, prototypes: Prototypes, groups: [Int?], compared: Matrix?
  ) {
    let samples = Samples(shots, treatment)
    let prototypes = Prototypes(samples)
    let fit: Fit
    if let known {
      fit = known
    } else {
      fit = try Fit.fit(recipe, samples, prototypes: prototypes, support: support)
    }
    let heldOut = HeldOutScores(samples, prototypes: prototypes, scores: fit.heldOut)
    return (fit, heldOut, prototypes, samples.groups, treatment == comparison ? samples.matrix : nil)
  }

  /// By the method's defaults.
  public static func train(_ method: HeadMethod, shots: Shots, backbone: BackboneIdentity) throws(HeadError)
    -> Head
  {
    try train(HeadRecipe(method), shots: shots, backbone: backbone)
  }

  private static func check(_ shots: Shots) throws(HeadError) {
    guard shots.count > 0 else { throw .noShots }
    for (name, count) in zip(shots.classes, shots.counts) {
      guard count > 0 else { throw .emptyClass(name) }
      guard count <= Prototypes.shotLimit else {
        throw .tooManyShots(label: name, limit: Prototypes.shotLimit)
      }
    }
  }

  private static func usualTreatment(_ dimension: Int, _ backbone: BackboneIdentity) -> EmbeddingTreatment {
    let blocks = backbone.outputRanges(dimension: dimension).map { EmbeddingTreatment.Block(range: $0) }
    return EmbeddingTreatment(blocks: blocks, normalisesWhole: blocks.count > 1)
  }
}

internal import LinnetAlgebra

extension Head {
  /// Learns what the head does not know, after all else is learned: the rule and its threshold, or,
  /// where the recipe says so, one a class.
  ///
  /// - Parameter compared: the shots under ``EmbeddingTreatment/embeddingAndLastMap(_:dimension:)``, where they are there already.
  mutating func learnUnknown(
    _ recipe: UnknownRecipe, _ shots: Shots, compared: Matrix?, groups: [Int?], _ heldOut: HeldOutScores,
    _ support: TrainingSupport, usesPlainRule: Bool
  ) {
    guard let prototypes else { return }
    var threshold: Float?
    var known: [Float] = []
    if usesPlainRule {
      threshold = Calibration.unknownThreshold(heldOut, prototypes)
      if heldOut.suffice { known = Calibration.openSetScores(heldOut, knowingTheirClass: true) }
    } else {
      let width = min(backbone.blocks.first ?? dimension, dimension)
      let head = self
      let evidence = UnknownEvidence(
        recipe: recipe, shots: shots, groups: groups, heldOut: heldOut, prototypes: prototypes,
        comparison: .embeddingAndLastMap(backbone, dimension: dimension), compared: compared, width: width,
        backgroundPart: backbone.backgroundPart(dimension: dimension),
        contrast: MapContrast(backbone, dimension: dimension),
        pseudoBackground: support.pseudoBackground(width),
        scored: { rows in
          let embeddings = head.treatment.matrix(of: rows, dimension: head.dimension)
          let cosines = embeddings.timesTransposed(prototypes.directions)
          let scores = head.scorer.scores(
            of: embeddings, cosines: cosines, classCount: head.classes.count)
          return (scores, cosines)
        })
      (unknown, threshold, known) = UnknownRule.learn(evidence)
    }
    unknownThreshold = recipe.isNever ? nil : threshold
    guard self.recipe?.thresholds == .ofEachClass, unknownThreshold != nil, !known.isEmpty else { return }
    thresholdOffsets = ClassThresholds.offsets(
      known, classOf: heldOut.usable.map { heldOut.classOf[$0] }, classCount: classes.count,
      refusedShare: recipe.refusedShare)
  }
}

extension TrainingSupport {
  /// From the backbone's own classifier, when it knows the statistics of its source and reads `width` numbers.
  func pseudoBackground(_ width: Int) -> [Float] {
    guard let classifier, let statistics = classifier.sourceStatistics, statistics.mean.count == width,
      case .linear(let weights, _) = classifier.scorer
    else { return [] }
    return PseudoBackground.embeddings(of: weights, statistics)
  }
}

extension Head {
  /// Learns a head from shots, deterministically: equal shots in the same order make equal bytes; the prototypes do not
  /// depend on the order at all.
  ///
  /// The head's classes are those of `shots`, in their order; each needs at least one shot. Temperature and threshold come
  /// from scores of held-out shots (``Calibration``).
  public static func train(_ method: HeadMethod, shots: Shots, backbone: BackboneIdentity) throws(HeadError)
    -> Head
  {
    guard shots.count > 0 else { throw .noShots }
    let counts = shots.counts
    for (name, count) in zip(shots.classes, counts) {
      guard count > 0 else { throw .emptyClass(name) }
      guard count <= Prototypes.shotLimit else {
        throw .tooManyShots(label: name, limit: Prototypes.shotLimit)
      }
    }
    let embeddings = EmbeddingTreatment.l2.matrix(of: shots.embeddings, dimension: shots.dimension)
    var prototypes = Prototypes(dimension: shots.dimension, classCount: shots.classes.count)
    for row in 0..<shots.count { prototypes.add(embeddings, row: row, to: shots.classOf[row]) }
    for place in shots.classes.indices { prototypes.renewDirection(of: place) }

    let parameters: Parameters
    let gain: Float
    let fallback: Float
    var heldOut = HeldOutScores(prototypes, embeddings, classOf: shots.classOf)
    switch method {
    case .prototype:
      parameters = .prototype(prototypes)
      (gain, fallback) = (prototypeGain, 1)
    case .logistic:
      let fit = LogisticRegression.fit(
        embeddings, classOf: shots.classOf, classCount: shots.classes.count, gain: logisticGain)
      parameters = .logistic(fit.classifier, prototypes)
      heldOut.scores = fit.heldOutScores
      (gain, fallback) = (logisticGain, 0.6)
    }
    var head = Head(
      classes: shots.classes, dimension: shots.dimension, backbone: backbone, parameters: parameters,
      treatment: .l2, gain: gain)
    head.temperature = Calibration.temperature(heldOut, fallback: fallback)
    head.unknownThreshold = Calibration.unknownThreshold(heldOut, prototypes)
    return head
  }
}

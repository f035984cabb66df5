internal import LinnetAlgebra

extension Head {
  /// The decision on one embedding of ``dimension`` numbers; an embedding that is not finite counts as zero.
  ///
  /// - Parameter top: how many of the likeliest classes are wanted.
  public func decide(_ embedding: [Float], top: Int = .max) -> Decision {
    decide(rows: embedding, top: top)[0]
  }

  /// The decisions on several embeddings, one after the other in `rows`; each the same as by ``decide(_:top:)``.
  public func decide(rows: [Float], top: Int = .max) -> [Decision] {
    precondition(rows.count % dimension == 0, "not a whole number of embeddings")
    let embeddings = treatment.matrix(of: rows, dimension: dimension)
    let cosines = prototypes.map { embeddings.timesTransposed($0.directions) }
    let scores = self.scores(of: embeddings, cosines: cosines)
    let measures = UnknownMeasures(unknown, rows: rows, dimension: dimension)
    return (0..<embeddings.rows).map { row in
      let scores = scores.elements(of: row).map(Head.bounded)
      let openSetScore = measures.score(
        unknown, row: row, scores: scores, cosines: cosines?.elements(of: row))
      return decision(scores: scores, openSetScore: openSetScore, top: top)
    }
  }

  /// The scores before temperature and softmax, `classes.count` an embedding.
  public func scores(of rows: [Float]) -> [Float] {
    precondition(rows.count % dimension == 0, "not a whole number of embeddings")
    let embeddings = treatment.matrix(of: rows, dimension: dimension)
    let cosines = prototypes.map { embeddings.timesTransposed($0.directions) }
    return scores(of: embeddings, cosines: cosines).dense
  }

  func scores(of embeddings: Matrix, cosines: Matrix?) -> Matrix {
    scorer.scores(of: embeddings, cosines: cosines, classCount: classes.count)
  }

  private func decision(scores: [Float], openSetScore: Float, top: Int) -> Decision {
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    let confidences = softmax(scores, temperature: temperature)
    return Decision(
      ranked: order.prefix(top).map {
        Decision.Ranked(index: $0, label: classes[$0], confidence: confidences[$0])
      },
      openSetScore: openSetScore,
      isUnknown: unknownThreshold.map { openSetScore < $0 } ?? false)
  }

  /// Parameters of a foreign file may be finite and yet overflow.
  private static func bounded(_ score: Float) -> Float {
    score.isNaN ? -1e30 : min(max(score, -1e30), 1e30)
  }
}

extension Head.Scorer {
  /// The scores of treated embeddings, a row each.
  ///
  /// - Parameter cosines: to the class means, where there are any.
  func scores(of embeddings: Matrix, cosines: Matrix?, classCount: Int) -> Matrix {
    switch self {
    case .linear(let classifier, let gain):
      return classifier.logits(of: embeddings, gain: gain)
    case .prototype(let gain):
      var scores = cosines ?? Matrix(rows: embeddings.rows, columns: classCount)
      scores.scale(gain)
      return scores
    case .nearest(let neighbours): return neighbours.scores(of: embeddings)
    case .perceptron(let perceptron, let gain): return perceptron.logits(of: embeddings, gain: gain)
    }
  }
}

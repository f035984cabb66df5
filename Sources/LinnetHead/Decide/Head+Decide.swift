internal import LinnetAlgebra

extension Head {
  /// The decision on one embedding of ``dimension`` numbers; an embedding that is not finite counts as zero. ``Decider``
  /// is for one embedding after another.
  ///
  /// - Parameter top: how many of the likeliest classes are wanted.
  public func decide(_ embedding: [Float], top: Int = .max) -> Decision {
    decide(rows: embedding, top: top)[0]
  }

  /// The decisions on several embeddings, one after the other in `rows`; each the same as by ``decide(_:top:)``.
  public func decide(rows: [Float], top: Int = .max) -> [Decision] {
    precondition(rows.count % dimension == 0, "not a whole number of embeddings")
    let count = rows.count / dimension
    var workspace = DecisionWorkspace(self, count: count)
    workspace.take(rows)
    return (0..<count).map { row in
      var decision = Decision(ranked: [], openSetScore: 0, isUnknown: false)
      workspace.decide(row: row, top: top, to: &decision)
      return decision
    }
  }

  /// The scores before temperature and softmax, `classes.count` an embedding.
  public func scores(of rows: [Float]) -> [Float] {
    precondition(rows.count % dimension == 0, "not a whole number of embeddings")
    var workspace = DecisionWorkspace(self, count: rows.count / dimension)
    workspace.takeScores(rows)
    return workspace.scoreMatrix.dense
  }
}

internal import LinnetAlgebra

extension Head {
  /// The decisions on embeddings that are all there at once, each helping the others: transductive inference.
  ///
  /// Class means are refined with the queries themselves, each counted for every class as much as it is likely to be of
  /// it (soft k-means: Ren, Triantafillou, Ravi, Snell, Swersky, Tenenbaum, Larochelle, Zemel, "Meta-Learning for
  /// Semi-Supervised Few-Shot Classification", 2018), beside the shots, and the head's own opinion keeps the more weight
  /// the more shots it was learned from. Nothing presumes that the classes are equally frequent among the queries.
  /// Confidences are of the refined scores; whether an embedding is unknown stays the head's decision on it alone.
  ///
  /// - Parameters:
  ///   - rows: whole embeddings, one after the other.
  ///   - shots: those that the head was learned from; a class that the head does not know is left out.
  public func decide(together rows: [Float], shots: Shots, top: Int = .max) -> [Decision] {
    let alone = decide(rows: rows)
    guard alone.count > 1, classes.count > 1, shots.count > 0, shots.dimension == dimension else {
      return alone.map { $0.first(top) }
    }
    let transduction = Transduction(head: self, rows: rows, shots: shots)
    let scores = transduction.scores(alone)
    return alone.enumerated().map { row, decision in
      let scores = scores.elements(of: row)
      let confidences = softmax(scores, temperature: 1)
      let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
      return Decision(
        ranked: order.prefix(top).map {
          Decision.Ranked(index: $0, label: classes[$0], confidence: confidences[$0])
        },
        openSetScore: decision.openSetScore, isUnknown: decision.isUnknown)
    }
  }
}

extension Decision {
  fileprivate func first(_ count: Int) -> Decision {
    Decision(ranked: Array(ranked.prefix(count)), openSetScore: openSetScore, isUnknown: isUnknown)
  }
}

/// Class means refined with queries.
private struct Transduction {
  /// What a query counts beside a shot.
  private static let queryWeight: Float = 0.3
  private static let rounds = 3
  /// With so many shots a class more than one, head and refined means are believed alike.
  private static let evenShots: Float = 4

  private let classCount: Int
  private let queries: Matrix
  /// Transposed, so that sums over queries run along rows.
  private let queriesByFeature: Matrix
  /// Sums of the shots of every class.
  private let sums: Matrix
  /// The share of the refined means in the scores.
  private let share: Float

  init(head: Head, rows: [Float], shots: Shots) {
    classCount = head.classes.count
    let treatment = EmbeddingTreatment.l2(min(head.backbone.blocks.first ?? head.dimension, head.dimension))
    queries = treatment.matrix(of: rows, dimension: head.dimension)
    queriesByFeature = queries.transposed
    let embeddings = treatment.matrix(of: shots.embeddings, dimension: head.dimension)
    let places = shots.classes.map { name in head.classes.firstIndex(of: name) }
    var sums = Matrix(rows: classCount, columns: queries.columns)
    for (row, place) in shots.classOf.enumerated() {
      guard let place = places[place] else { continue }
      sums.add(1, embeddings, row: row, to: place)
    }
    self.sums = sums
    let shotsOfAClass = Float(shots.count) / Float(shots.classes.count)
    share = Transduction.evenShots / (Transduction.evenShots + shotsOfAClass - 1)
  }

  /// The refined scores, a row a query, a column a class.
  func scores(_ alone: [Decision]) -> Matrix {
    var own = Matrix(rows: queries.rows, columns: classCount)
    var weights = Matrix(rows: classCount, columns: queries.rows)
    for (row, decision) in alone.enumerated() {
      for ranked in decision.ranked {
        own[row, ranked.index] = Float(logarithm(Double(max(ranked.confidence, 1e-6))))
        weights[ranked.index, row] = ranked.confidence
      }
    }
    own.scale(1 - share)
    var scores = own
    for _ in 0..<Transduction.rounds {
      var means = weights.timesTransposed(queriesByFeature)
      means.scale(Transduction.queryWeight)
      means.add(1, sums)
      scores = queries.timesTransposed(normalised(means))
      scores.scale(Head.prototypeGain * share)
      scores.add(1, own)
      for row in 0..<queries.rows {
        for (place, probability) in softmax(scores.elements(of: row), temperature: 1).enumerated() {
          weights[place, row] = probability
        }
      }
    }
    return scores
  }

  private func normalised(_ means: Matrix) -> Matrix {
    EmbeddingTreatment.l2(means.columns).matrix(of: means.dense, dimension: means.columns)
  }
}

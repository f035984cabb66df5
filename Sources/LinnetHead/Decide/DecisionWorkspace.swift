internal import LinnetAlgebra

/// How a head decides on a number of embeddings at a time, in memory that is kept from one time to the next: after the first
/// time nothing is allocated.
struct DecisionWorkspace: ~Copyable {
  let head: Head
  private var treated: TreatedEmbeddings
  /// To the class means, where there are any.
  private var cosines: Matrix?
  private var scores: EmbeddingScores
  private var measures: UnknownMeasures
  private var ranking: Ranking

  init(_ head: Head, count: Int) {
    let classCount = head.classes.count
    self.head = head
    treated = TreatedEmbeddings(head.treatment, count: count)
    cosines = head.prototypes.map { Matrix(rows: count, columns: $0.directions.rows) }
    scores = EmbeddingScores(head.scorer, count: count, classCount: classCount)
    measures = UnknownMeasures(head.unknown, count: count, classCount: classCount)
    ranking = Ranking(count: classCount)
  }

  /// - Parameter rows: as many whole embeddings as were said, one after the other.
  mutating func take(_ rows: [Float]) {
    takeScores(rows)
    measures.take(rows, dimension: head.dimension)
  }

  /// Only scores; then no row may be decided.
  mutating func takeScores(_ rows: [Float]) {
    treated.take(rows, dimension: head.dimension)
    if let prototypes = head.prototypes {
      treated.matrix.writeTimesTransposed(prototypes.directions, to: &cosines!)
    }
    scores.take(treated.matrix, cosines: cosines)
  }

  /// The scores before temperature and softmax, a row an embedding.
  var scoreMatrix: Matrix { scores.matrix }

  /// Writes the decision on the embedding of a row, once.
  ///
  /// - Parameter top: how many of the likeliest classes are wanted.
  mutating func decide(row: Int, top: Int, to decision: inout Decision) {
    scores.bound(row: row)
    decision.openSetScore = measures.score(row: row, scores: scores.matrix, cosines: cosines)
    let count = min(top, head.classes.count)
    ranking.rank(scores.matrix, row: row, first: max(count, 1))
    decision.isUnknown = head.threshold(of: ranking[0]).map { decision.openSetScore < $0 } ?? false
    scores.softmax(row: row, temperature: head.temperature)
    if decision.ranked.count != count {
      decision.ranked = [Decision.Ranked](
        repeating: Decision.Ranked(index: 0, label: "", confidence: 0), count: count)
    }
    for rank in 0..<count {
      let place = ranking[rank]
      decision.ranked[rank] = Decision.Ranked(
        index: place, label: head.classes[place], confidence: scores.matrix[row, place])
    }
  }
}

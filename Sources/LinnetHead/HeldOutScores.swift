internal import LinnetAlgebra

/// How every shot is scored by a head that was learned without it.
struct HeldOutScores {
  /// The class of every shot.
  let classOf: [Int]
  /// Shots whose class has others; only of these the scores mean something.
  let usable: [Int]
  /// Cosine to every class mean, that of its own class made without the shot.
  let cosines: Matrix
  /// Scores before temperature and softmax.
  var scores: Matrix

  /// Whether the usable shots are enough to calibrate on: two, and one a class on average.
  var suffice: Bool { usable.count >= max(scores.columns, 2) }

  /// Of a prototype head: with `s` the sum of the own class and `x` the shot, the cosine of x and s − x, from x·s and |s|.
  init(_ prototypes: Prototypes, _ embeddings: Matrix, classOf: [Int]) {
    self.classOf = classOf
    usable = classOf.indices.filter { prototypes.counts[classOf[$0]] > 1 }
    var cosines = embeddings.timesTransposed(prototypes.directions)
    let lengths = (0..<prototypes.counts.count).map { prototypes.length(of: $0) }
    for row in usable {
      let place = classOf[row]
      let length = lengths[place]
      let own = Double(embeddings.dot(row: row, embeddings, row: row))
      let along = Double(cosines[row, place]) * length
      let rest = (length * length - 2 * along + own).squareRoot()
      cosines[row, place] = rest > 1e-3 ? Float((along - own) / rest) : 0
    }
    self.cosines = cosines
    scores = cosines
    scores.scale(Head.prototypeGain)
  }
}

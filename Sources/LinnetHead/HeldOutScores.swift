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
  let scores: Matrix

  init(_ samples: Samples, prototypes: Prototypes, scores: Matrix) {
    classOf = samples.classOf
    let counts = samples.counts
    usable = classOf.indices.filter { counts[samples.classOf[$0]] > 1 }
    cosines = prototypes.heldOutCosines(samples)
    self.scores = scores
  }

  /// Whether the usable shots are enough to calibrate on: two, and one a class on average.
  var suffice: Bool { usable.count >= max(scores.columns, 2) }
}

extension Prototypes {
  /// The cosine of every sample to every class mean, that of its own class made without the sample: with `s` the sum of the
  /// own class, `x` the sample and `w` its weight, the cosine of x and s − w x, from x·s and |s|. A sample that is its
  /// class has the cosine to itself.
  func heldOutCosines(_ samples: Samples) -> Matrix {
    let matrix = samples.matrix
    var cosines = matrix.timesTransposed(directions)
    let lengths = counts.indices.map { length(of: $0) }
    let shares = Prototypes.shares(samples.weights)
    for (row, place) in samples.classOf.enumerated() where counts[place] > 1 {
      let length = lengths[place]
      let share = shares.map { Double($0[row]) } ?? 1
      let own = Double(matrix.dot(row: row, matrix, row: row))
      let along = Double(cosines[row, place]) * length
      let rest = (length * length - 2 * share * along + share * share * own).squareRoot()
      cosines[row, place] = rest > 1e-3 ? Float((along - share * own) / rest) : 0
    }
    return cosines
  }
}

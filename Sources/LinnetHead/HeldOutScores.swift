internal import LinnetAlgebra

/// How every shot is scored by a head that was learned without it.
struct HeldOutScores {
  /// The class of every shot.
  let classOf: [Int]
  /// Shots whose class has others, of other groups; only of these the scores mean something.
  let usable: [Int]
  /// Cosine to every class mean, that of its own class made without the shot.
  let cosines: Matrix
  /// Scores before temperature and softmax.
  let scores: Matrix

  init(_ samples: Samples, prototypes: Prototypes, scores: Matrix) {
    classOf = samples.classOf
    usable = samples.replaceable
    cosines = prototypes.heldOutCosines(samples)
    self.scores = scores
  }

  /// Whether the usable shots are enough to calibrate on: two, and one a class on average.
  var suffice: Bool { usable.count >= max(scores.columns, 2) }
}

extension Prototypes {
  /// The cosine of every sample to every class mean, that of its own class made without the sample and its group: with s the sum
  /// of the class and g what goes, the cosine of the sample and s − g, from inner products. A sample without which
  /// nothing is left keeps the cosine to itself.
  func heldOutCosines(_ samples: Samples) -> Matrix {
    if let made = samples.heldOutCosines { return made }
    let matrix = samples.matrix
    let sums = matrix.timesTransposed(directions)
    var cosines = sums
    let lengths = counts.indices.map { length(of: $0) }
    let shares = Prototypes.shares(samples.weights)
    let mates = samples.mates
    for row in samples.replaceable {
      let place = samples.classOf[row]
      let length = lengths[place]
      // What goes with the sample: its group's sum's inner products with the sample, with the class's sum and itself.
      var (own, along, square) = (0.0, 0.0, 0.0)
      for mate in mates[row] {
        let share = shares.map { Double($0[mate]) } ?? 1
        own += share * Double(matrix.dot(row: row, matrix, row: mate))
        along += share * Double(sums[mate, place]) * length
        for other in mates[row] {
          let weight = share * (shares.map { Double($0[other]) } ?? 1)
          square += weight * Double(matrix.dot(row: mate, matrix, row: other))
        }
      }
      let rest = (length * length - 2 * along + square).squareRoot()
      let left = Double(sums[row, place]) * length - own
      cosines[row, place] = rest > 1e-3 ? Float(left / rest) : 0
    }
    return cosines
  }
}

extension Samples {
  /// For every sample those of its class and group, itself among them.
  var mates: [[Int]] {
    var members: [[Int]: [Int]] = [:]
    for (row, place) in classOf.enumerated() {
      if let group = groups[row] { members[[place, group], default: []].append(row) }
    }
    return classOf.indices.map { row in groups[row].flatMap { members[[classOf[row], $0]] } ?? [row] }
  }

  /// Samples whose class has others of other groups.
  var replaceable: [Int] {
    let (counts, mates) = (counts, mates)
    return classOf.indices.filter { counts[classOf[$0]] > mates[$0].count }
  }
}

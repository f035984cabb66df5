internal import LinnetAlgebra

/// Shots as methods see them: treated, and what is known of each.
struct Samples: Sendable {
  /// n × width, no row longer than one.
  let matrix: Matrix
  /// n of 0..<``classCount``.
  let classOf: [Int]
  let classCount: Int
  /// How much every shot counts by itself; `nil`: all the same.
  var weights: [Float]?
  /// Equal numbers must be held out together; `nil`: a shot by itself.
  var groups: [Int?]
  /// `matrix · matrixᵀ` where somebody has it already.
  var gram: Matrix?
  /// ``Prototypes/heldOutCosines(_:)`` of these where somebody has them already.
  var heldOutCosines: Matrix?

  init(
    _ matrix: Matrix, classOf: [Int], classCount: Int, weights: [Float]? = nil, groups: [Int?]? = nil,
    gram: Matrix? = nil
  ) {
    self.matrix = matrix
    self.classOf = classOf
    self.classCount = classCount
    self.weights = weights
    self.groups = groups ?? [Int?](repeating: nil, count: classOf.count)
    self.gram = gram
  }

  /// The shots under a treatment.
  init(_ shots: Shots, _ treatment: EmbeddingTreatment) {
    self.init(shots, treatment.matrix(of: shots.embeddings, dimension: shots.dimension))
  }

  /// The shots, of whose embeddings `matrix` has what is needed.
  init(_ shots: Shots, _ matrix: Matrix) {
    var numbers: [String: Int] = [:]
    let groups = shots.groups.map { group -> Int? in
      guard let group else { return nil }
      if let number = numbers[group] { return number }
      numbers[group] = numbers.count
      return numbers.count - 1
    }
    self.init(
      matrix, classOf: shots.classOf, classCount: shots.classes.count, weights: shots.weights, groups: groups)
  }

  var count: Int { classOf.count }

  /// Shots of every class.
  var counts: [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for place in classOf { counts[place] += 1 }
    return counts
  }

  /// The inner products of all shots, made now unless they are there.
  var inner: Matrix { gram ?? matrix.timesTransposed(matrix, isSymmetric: true) }
}

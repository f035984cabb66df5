internal import LinnetAlgebra

/// How a head scores a number of embeddings at a time, in memory that is kept from one time to the next.
struct EmbeddingScores {
  private let scorer: Head.Scorer
  /// A row an embedding, a column a class.
  private(set) var matrix: Matrix
  /// The perceptron's hidden units, or the cosines to neighbours.
  private var between: Matrix
  private var ballot: NearestNeighbours.Ballot?

  init(_ scorer: Head.Scorer, count: Int, classCount: Int) {
    self.scorer = scorer
    matrix = Matrix(rows: count, columns: classCount)
    switch scorer {
    case .nearest(let neighbours):
      between = Matrix(rows: count, columns: neighbours.shots.rows)
      ballot = NearestNeighbours.Ballot(neighbours)
    case .perceptron(let perceptron, _): between = Matrix(rows: count, columns: perceptron.width)
    case .linear, .prototype: between = Matrix(rows: 0, columns: 0)
    }
  }

  /// - Parameters:
  ///   - embeddings: treated, as many as there are rows.
  ///   - cosines: to the class means, where there are any.
  mutating func take(_ embeddings: Matrix, cosines: Matrix?) {
    switch scorer {
    case .linear(let classifier, let gain):
      classifier.writeLogits(of: embeddings, gain: gain, to: &matrix)
    case .prototype(let gain):
      guard let cosines else { return }
      for row in 0..<matrix.rows {
        for place in 0..<matrix.columns { matrix[row, place] = gain * cosines[row, place] }
      }
    case .nearest(let neighbours):
      guard var ballot = ballot.take() else { return }
      neighbours.writeScores(of: embeddings, cosines: &between, ballot: &ballot, to: &matrix)
      self.ballot = ballot
    case .perceptron(let perceptron, let gain):
      perceptron.writeLogits(of: embeddings, gain: gain, units: &between, to: &matrix)
    }
  }

  /// Makes the scores of a row fit for comparison: parameters of a foreign file may be finite and yet overflow.
  mutating func bound(row: Int) {
    for place in 0..<matrix.columns { matrix[row, place] = Head.bounded(matrix[row, place]) }
  }

  /// Puts confidences in the place of a row's scores.
  mutating func softmax(row: Int, temperature: Float) { matrix.softmax(row: row, temperature: temperature) }
}

extension Head {
  static func bounded(_ score: Float) -> Float { score.isNaN ? -1e30 : min(max(score, -1e30), 1e30) }
}

extension Head.Scorer {
  /// The scores of treated embeddings, a row each.
  ///
  /// - Parameter cosines: to the class means, where there are any.
  func scores(of embeddings: Matrix, cosines: Matrix?, classCount: Int) -> Matrix {
    var scores = EmbeddingScores(self, count: embeddings.rows, classCount: classCount)
    scores.take(embeddings, cosines: cosines)
    return scores.matrix
  }
}

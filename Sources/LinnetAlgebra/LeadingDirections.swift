/// The directions along which rows vary most, and how much: the first eigenvectors of their scatter, by orthogonal
/// iteration (Golub, Van Loan, "Matrix Computations", 2013, §8.2) from a fixed start.
public struct LeadingDirections: Sendable {
  /// A direction a row, of length one, orthogonal to each other, the strongest first.
  public let directions: Matrix
  /// The sum of squares along each.
  public let strengths: [Float]

  /// Of `rows` as they are: who wants variances takes the mean away before.
  ///
  /// - Parameter count: at most this many; no more than rows and columns allow.
  public init(of rows: Matrix, count: Int, rounds: Int = 24) {
    let count = max(0, min(count, rows.rows, rows.columns))
    var random = SplitMix(seed: 1)
    var directions = Matrix(rows: count, columns: rows.columns)
    for row in 0..<count {
      for column in 0..<rows.columns {
        directions[row, column] = Float(Int32(truncatingIfNeeded: random.next() >> 32)) / 2_147_483_648
      }
    }
    let columns = rows.transposed
    var strengths = [Float](repeating: 0, count: count)
    _ = directions.orthonormalise()
    for _ in 0..<rounds {
      directions = directions.timesTransposed(rows).timesTransposed(columns)
      strengths = directions.orthonormalise()
    }
    self.directions = directions
    self.strengths = strengths
  }
}

extension Matrix {
  /// Makes the rows orthonormal one after the other (modified Gram–Schmidt, twice), and returns the length each had left; a row
  /// that depends on those before it becomes zero.
  fileprivate mutating func orthonormalise() -> [Float] {
    var lengths: [Float] = []
    for row in 0..<rows {
      let before = dot(row: row, self, row: row).squareRoot()
      for _ in 0..<2 {
        for other in 0..<row {
          add(-dot(row: row, self, row: other), from: other, to: row, length: columns)
        }
      }
      let length = dot(row: row, self, row: row).squareRoot()
      let isIndependent = length > 1e-5 * before && length.isFinite && length > 0
      let factor = isIndependent ? 1 / length : 0
      for column in 0..<columns { self[row, column] *= factor }
      lengths.append(isIndependent ? length : 0)
    }
    return lengths
  }
}

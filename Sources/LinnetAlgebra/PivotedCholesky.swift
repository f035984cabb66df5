/// A rank-revealing factor of a Gram matrix (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, §10.3):
/// `gram ≈ factor · factorᵀ`, so that row i of the factor stands for sample i in as few coordinates as there are
/// independent samples.
public struct PivotedCholesky {
  /// A row a sample, a column a pivot.
  public let factor: Matrix
  /// The sample that made each column.
  public let pivots: [Int]

  /// Stops when no sample keeps more than `tolerance` of the greatest squared length outside the span of the pivots.
  public init(gram: Matrix, tolerance: Float) {
    let count = gram.rows
    var rest = (0..<count).map { gram[$0, $0] }
    let smallest = (rest.max() ?? 0) * tolerance
    var factor = Matrix(rows: count, columns: count)
    var pivots: [Int] = []
    while pivots.count < count {
      let column = pivots.count
      var pivot = 0
      for row in 1..<max(count, 1) where rest[row] > rest[pivot] { pivot = row }
      guard rest[pivot] > smallest else { break }
      let inverse = 1 / rest[pivot].squareRoot()
      for row in 0..<count where rest[row] > 0 || row == pivot {
        let entry = (gram[row, pivot] - factor.dot(row: row, factor, row: pivot, length: column)) * inverse
        factor[row, column] = entry
        rest[row] -= entry * entry
      }
      rest[pivot] = 0
      pivots.append(pivot)
    }
    self.factor = factor.prefix(columns: pivots.count)
    self.pivots = pivots
  }
}

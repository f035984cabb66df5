/// The lower Cholesky factor L of a positive definite matrix, inverted: what turns gradients into coordinates in which
/// the matrix is the identity, and steps back.
public struct LinearMetric {
  private let inverse: Matrix
  private let inverseTransposed: Matrix

  /// - Precondition: `matrix` is symmetric; a pivot that rounding ate is replaced by a small part of its diagonal.
  public init(_ matrix: Matrix) {
    let count = matrix.rows
    var factor = Matrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0..<row {
        factor[row, column] =
          (matrix[row, column] - factor.dot(row: row, factor, row: column, length: column))
          / factor[column, column]
      }
      let rest = matrix[row, row] - factor.dot(row: row, factor, row: row, length: row)
      // Rounding may eat what is left of a direction; the matrix adds at least a small part of its diagonal.
      factor[row, row] = max(rest, matrix[row, row] * 1e-6).squareRoot()
    }
    var inverse = Matrix(rows: count, columns: count)
    for row in 0..<count {
      let scale = 1 / factor[row, row]
      for column in 0..<row {
        inverse.add(-factor[row, column] * scale, from: column, to: row, length: column + 1)
      }
      inverse[row, row] = scale
    }
    self.inverse = inverse
    inverseTransposed = inverse.transposed
  }

  /// L⁻¹ v for every row v.
  public func whitened(_ rows: Matrix) -> Matrix { rows.timesTransposed(inverse, triangle: .lower) }

  /// L⁻¹ v for every column v.
  public func whitenedColumns(_ columns: Matrix) -> Matrix { inverse.times(columns) }

  /// L⁻ᵀ v for every row v.
  public func unwhitened(_ rows: Matrix) -> Matrix {
    rows.timesTransposed(inverseTransposed, triangle: .upper)
  }

  /// The inverse of the matrix.
  public var inverted: Matrix { inverseTransposed.timesTransposed(inverseTransposed, isSymmetric: true) }
}

internal import CLinnetAlgebra

/// The lower Cholesky factor L of a positive definite matrix, inverted: what turns gradients into coordinates in which
/// the matrix is the identity, and steps back.
public struct LinearMetric {
  private let inverse: Matrix

  /// - Precondition: `matrix` is symmetric; a pivot that rounding ate is replaced by a small part of its diagonal.
  public init(_ matrix: consuming Matrix) {
    var factor = matrix
    factor.becomeCholeskyFactor()
    factor.becomeInverseOfTriangle()
    inverse = factor
  }

  /// L⁻¹ v for every row v.
  public func whitened(_ rows: Matrix) -> Matrix { rows.timesTransposed(inverse, triangle: .lower) }

  /// Every column v becomes L⁻¹ v.
  public func whitenColumns(_ columns: inout Matrix) { inverse.multiply(&columns) }

  /// L⁻ᵀ v for every row v.
  public func unwhitened(_ rows: Matrix) -> Matrix { rows.times(inverse, isLower: true) }

  /// The inverse of the matrix.
  public var inverted: Matrix {
    let transposed = inverse.transposed
    return transposed.timesTransposed(transposed, isSymmetric: true, triangle: .upper)
  }
}

extension Matrix {
  /// Eight columns at a time (Golub, Van Loan, "Matrix Computations", 2013, §4.2.9): first all that the columns before take
  /// from them, then one after the other.
  fileprivate mutating func becomeCholeskyFactor() {
    let (count, stride) = (rows, stride)
    var taken = Matrix(rows: count, columns: 8)
    unsafe withMutableValues { values in
      unsafe taken.withMutableValues { taken in
        for start in Swift.stride(from: 0, to: count, by: 8) {
          let end = min(start + 8, count)
          unsafe linnet_algebra_dots(
            level, values + start * stride, count - start, values + start * stride, end - start, stride,
            start,
            taken + start * 8, 8)
          for row in start..<count {
            let entries = unsafe values + row * stride
            for column in start..<min(end, row + 1) {
              let pivot = unsafe values + column * stride
              let diagonal = unsafe entries[column]
              var rest = unsafe diagonal - taken[row * 8 + column - start]
              for before in start..<column { unsafe rest -= entries[before] * pivot[before] }
              // Rounding may eat what is left of a direction; the matrix adds at least a small part of its diagonal.
              unsafe entries[column] =
                column < row ? rest / pivot[column] : max(rest, diagonal * 1e-6).squareRoot()
            }
          }
          for row in start..<end {
            for column in row + 1..<count { unsafe values[row * stride + column] = 0 }
          }
        }
      }
    }
  }

  /// Of a triangle that is zero above its diagonal.
  fileprivate mutating func becomeInverseOfTriangle() {
    let stride = stride
    var factors = [Float](repeating: 0, count: rows)
    for row in 0..<rows {
      let scale = 1 / self[row, row]
      for column in 0..<row { factors[column] = -self[row, column] * scale }
      unsafe withMutableValues { values in
        unsafe factors.withUnsafeBufferPointer { factors in
          unsafe linnet_algebra_sums(
            level, factors.baseAddress!, 0, 1, values, stride, row, (row + 7) / 8 * 8, values + row * stride,
            stride)
        }
      }
      self[row, row] = scale
    }
  }
}

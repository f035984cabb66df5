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

  /// Of a triangle that is zero above its diagonal: row i of the inverse is made of those before, each times −L(i, k) / L(i, i), in
  /// their order. Columns do not meet, so a panel of them is worked out at a time and lies together meanwhile.
  fileprivate mutating func becomeInverseOfTriangle() {
    let (count, stride) = (rows, stride)
    let (most, rowCount) = (32, 4)
    for row in 0..<count {
      let scale = 1 / self[row, row]
      for column in 0..<row { self[row, column] = -self[row, column] * scale }
      self[row, row] = scale
    }
    var panel = Matrix(rows: count, columns: most)
    unsafe withMutableValues { values in
      unsafe panel.withMutableValues { panel in
        for start in Swift.stride(from: 0, to: count, by: most) {
          let width = min(most, stride - start)
          for row in Swift.stride(from: start, to: count, by: rowCount) {
            let end = min(row + rowCount, count)
            unsafe linnet_algebra_sums(
              level, values + row * stride + start, stride, end - row, panel + start * most, most,
              row - start, width, panel + row * most, most)
            for own in row..<end {
              let (factors, sums) = unsafe (values + own * stride, panel + own * most)
              for before in row..<own {
                unsafe accumulate(factors[before], panel + before * most, width, in: sums)
              }
              if own < start + width { unsafe sums[own - start] = factors[own] }
            }
          }
          // Columns to the right need no factor of these.
          for row in start..<count {
            unsafe (values + row * stride + start).update(from: panel + row * most, count: width)
          }
        }
      }
    }
  }
}

/// `sums += factor · vector`.
private func accumulate(
  _ factor: Float, _ vector: UnsafePointer<Float>, _ width: Int, in sums: UnsafeMutablePointer<Float>
) {
  for place in stride(from: 0, to: width, by: 8) {
    unsafe store(lanes(sums + place) + factor * lanes(vector + place), sums + place)
  }
}

internal import CLinnetAlgebra

/// Products whose rows are weighted sums of rows.
extension Matrix {
  /// `self · other`: sums over the rows of the other in their order.
  public func times(_ other: Matrix) -> Matrix { times(other, isLower: false) }

  /// The same where row i of the other holds nothing behind column i: half of the work.
  func times(_ other: Matrix, isLower: Bool) -> Matrix {
    precondition(columns == other.rows, "a row of the other for every column")
    var result = Matrix(rows: rows, columns: other.columns)
    let width = result.stride
    unsafe result.withMutableValues { out in
      unsafe other.withValues { source in
        unsafe sum(source, width: width, into: out, isLower: isLower, hasLower: false)
      }
    }
    return result
  }

  /// The other becomes `self · other`; row i of this, a square, holds nothing behind column i.
  func multiply(_ other: inout Matrix) {
    precondition(rows == columns && columns == other.rows, "a row of the other for every column")
    let width = other.stride
    unsafe other.withMutableValues { values in
      unsafe sum(values, width: width, into: values, isLower: false, hasLower: true)
    }
  }

  /// A panel of columns after the other is copied, so that it lies together and `out` may be `source`.
  private func sum(
    _ source: UnsafePointer<Float>, width: Int, into out: UnsafeMutablePointer<Float>, isLower: Bool,
    hasLower: Bool
  ) {
    let most = 32
    var panel = [Float](repeating: 0, count: columns * most)
    let (rowCount, terms) = (4, columns)
    unsafe panel.withUnsafeMutableBufferPointer { panel in
      guard let panel = panel.baseAddress else { return }
      unsafe withValues { factors in
        for column in Swift.stride(from: 0, to: width, by: most) {
          let count = min(most, width - column)
          let first = isLower ? min(column, terms) : 0
          for term in first..<terms {
            unsafe (panel + term * most).update(from: source + term * width + column, count: count)
          }
          for row in Swift.stride(from: 0, to: rows, by: rowCount) {
            let end = hasLower ? min(row + rowCount, terms) : terms
            unsafe linnet_algebra_sums(
              level, factors + row * stride + first, stride, min(rowCount, rows - row), panel + first * most,
              most, end - first, count, out + row * width + column, width)
          }
        }
      }
    }
  }
}

internal import CLinnetAlgebra

extension Matrix {
  /// `self · otherᵀ`: element (i, j) is the dot product of row i of this and row j of the other.
  ///
  /// - Parameter isSymmetric: the result is known to be symmetric; only half of it is computed.
  public func timesTransposed(_ other: Matrix, isSymmetric: Bool = false) -> Matrix {
    var result = Matrix(rows: rows, columns: other.rows)
    writeProduct(other, isSymmetric: isSymmetric, triangle: nil, to: &result)
    return result
  }

  /// `self · otherᵀ`, bit for bit that of ``timesTransposed(_:isSymmetric:)``, in the place of what `result` held.
  ///
  /// - Precondition: the result has a row for every row of this and a column for every row of the other.
  public func writeTimesTransposed(_ other: Matrix, to result: inout Matrix) {
    writeProduct(other, isSymmetric: false, triangle: nil, to: &result)
  }

  /// `self · otherᵀ`, where the other has a triangle of zeros: the same, in half the time.
  func timesTransposed(_ other: Matrix, isSymmetric: Bool = false, triangle: Triangle) -> Matrix {
    var result = Matrix(rows: rows, columns: other.rows)
    writeProduct(other, isSymmetric: isSymmetric, triangle: triangle, to: &result)
    return result
  }

  /// Where row i of a square matrix may hold something else than zero.
  enum Triangle {
    /// In columns up to i.
    case lower
    /// In columns from i on.
    case upper
  }

  /// Some rows at a time are multiplied with as many columns as stay in the nearest cache meanwhile; beside a triangle with
  /// few, all of about one length.
  private func writeProduct(
    _ other: Matrix, isSymmetric: Bool, triangle: Triangle?, to result: inout Matrix
  ) {
    precondition(columns == other.columns, "rows of different lengths")
    precondition(result.rows == rows && result.columns == other.rows, "the product does not fit")
    let resultStride = result.stride
    let (rowCount, columnCount) = (4, triangle == nil ? 24 : 8)
    unsafe result.withMutableValues { out in
      unsafe withValues { a in
        unsafe other.withValues { b in
          for column in Swift.stride(from: 0, to: other.rows, by: columnCount) {
            let end = min(column + columnCount, other.rows)
            let first = triangle == .upper ? column : 0
            let length = (triangle == .lower ? (end + 7) / 8 * 8 : stride) - first
            for row in Swift.stride(from: isSymmetric ? column : 0, to: rows, by: rowCount) {
              let end = isSymmetric ? min(end, row + rowCount) : end
              unsafe linnet_algebra_dots(
                level, a + row * stride + first, min(rowCount, rows - row), b + column * stride + first,
                end - column, stride, length, out + row * resultStride + column, resultStride)
            }
          }
        }
      }
      if isSymmetric {
        for row in 0..<rows {
          for column in 0..<row { unsafe out[column * resultStride + row] = out[row * resultStride + column] }
        }
      }
    }
  }

  /// The dot product of a row of this and a row of another of the same width.
  ///
  /// - Parameter length: how many elements count, rounded up to a multiple of eight; all when `nil`.
  public func dot(row: Int, _ other: Matrix, row otherRow: Int, length: Int? = nil) -> Float {
    let length = length.map { ($0 + 7) / 8 * 8 } ?? stride
    return unsafe withValues { a in
      unsafe other.withValues { b in
        unsafe LinnetAlgebra.dot(a + row * stride, b + otherRow * other.stride, length)
      }
    }
  }

  /// The sum of the products of all elements; each row in single, the sum of rows in double precision.
  public func dot(_ other: Matrix) -> Double {
    var total = 0.0
    for row in 0..<rows { total += Double(dot(row: row, other, row: row)) }
    return total
  }

  /// `self += scale · other`.
  public mutating func add(_ scale: Float, _ other: Matrix) {
    let count = rows * stride
    let factor = SIMD8<Float>(repeating: scale)
    unsafe withMutableValues { a in
      unsafe other.withValues { b in
        for place in Swift.stride(from: 0, to: count, by: 8) {
          unsafe store(lanes(a + place) + factor * lanes(b + place), a + place)
        }
      }
    }
  }

  /// `self[row] += scale · other[otherRow]`.
  public mutating func add(_ scale: Float, _ other: Matrix, row otherRow: Int, to row: Int) {
    let stride = self.stride
    let factor = SIMD8<Float>(repeating: scale)
    unsafe withMutableValues { a in
      unsafe other.withValues { b in
        let (a, b) = unsafe (a + row * stride, b + otherRow * other.stride)
        for place in Swift.stride(from: 0, to: stride, by: 8) {
          unsafe store(lanes(a + place) + factor * lanes(b + place), a + place)
        }
      }
    }
  }

  /// `self[row] += scale · self[otherRow]`, as far as `length` elements, rounded up to a multiple of eight.
  public mutating func add(_ scale: Float, from otherRow: Int, to row: Int, length: Int) {
    let stride = self.stride
    let factor = SIMD8<Float>(repeating: scale)
    unsafe withMutableValues { values in
      let (a, b) = unsafe (values + row * stride, values + otherRow * stride)
      for place in Swift.stride(from: 0, to: length, by: 8) {
        unsafe store(lanes(a + place) + factor * lanes(b + place), a + place)
      }
    }
  }

  /// `self *= factor`.
  public mutating func scale(_ factor: Float) {
    let count = rows * stride
    unsafe withMutableValues { a in
      for place in Swift.stride(from: 0, to: count, by: 8) {
        unsafe store(factor * lanes(a + place), a + place)
      }
    }
  }
}

/// The dot product of two rows of `count` elements, a multiple of eight.
@inlinable @inline(__always)
public func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  var total = SIMD8<Float>()
  for place in stride(from: 0, to: count, by: 8) { unsafe total += lanes(a + place) * lanes(b + place) }
  return sum(total)
}

extension Matrix {
  /// `self · otherᵀ`: element (i, j) is the dot product of row i of this and row j of the other.
  ///
  /// - Parameter isSymmetric: the result is known to be symmetric; only half of it is computed.
  public func timesTransposed(_ other: Matrix, isSymmetric: Bool = false) -> Matrix {
    product(other, isSymmetric: isSymmetric, triangle: nil)
  }

  /// `self · other`: sums over the rows of the other in their order.
  public func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "a row of the other for every column")
    var result = Matrix(rows: rows, columns: other.columns)
    let width = result.stride
    unsafe result.withMutableValues { out in
      unsafe withValues { a in
        unsafe other.withValues { b in
          for tile in Swift.stride(from: 0, to: width, by: 128) {
            for inner in 0..<columns {
              for row in 0..<rows {
                let factor = SIMD8<Float>(repeating: unsafe a[row * stride + inner])
                for place in Swift.stride(from: tile, to: min(tile + 128, width), by: 8) {
                  let target = unsafe out + row * width + place
                  unsafe store(lanes(target) + factor * lanes(b + inner * width + place), target)
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// `self · otherᵀ`, where the other has a triangle of zeros: the same, in half the time.
  func timesTransposed(_ other: Matrix, triangle: Triangle) -> Matrix {
    product(other, isSymmetric: false, triangle: triangle)
  }

  /// Where row i of a square matrix may hold something else than zero.
  enum Triangle {
    /// In columns up to i.
    case lower
    /// In columns from i on.
    case upper
  }

  private func product(_ other: Matrix, isSymmetric: Bool, triangle: Triangle?) -> Matrix {
    precondition(columns == other.columns, "rows of different lengths")
    var result = Matrix(rows: rows, columns: other.rows)
    let resultStride = result.stride
    unsafe result.withMutableValues { out in
      unsafe withValues { a in
        unsafe other.withValues { b in
          for columnTile in Swift.stride(from: 0, to: other.rows, by: 4) {
            let firstRow = isSymmetric ? columnTile / 4 * 4 : 0
            for rowTile in Swift.stride(from: firstRow, to: rows, by: 4) {
              for row in Swift.stride(from: rowTile, to: min(rowTile + 4, rows), by: 2) {
                for column in Swift.stride(from: columnTile, to: min(columnTile + 4, other.rows), by: 2) {
                  let isWhole = row + 1 < rows && column + 1 < other.rows
                  let start = triangle == .upper ? column / 8 * 8 : 0
                  let end = triangle == .lower ? min((column + 9) / 8 * 8, stride) : stride
                  let (x, y) = unsafe (a + row * stride + start, b + column * stride + start)
                  let dots =
                    isWhole
                    ? unsafe fourDots(x, y, stride, end - start)
                    : unsafe edgeDots(x, y, stride, end - start, row + 1 < rows, column + 1 < other.rows)
                  unsafe out[row * resultStride + column] = dots[0]
                  if column + 1 < other.rows { unsafe out[row * resultStride + column + 1] = dots[1] }
                  if row + 1 < rows { unsafe out[(row + 1) * resultStride + column] = dots[2] }
                  if isWhole { unsafe out[(row + 1) * resultStride + column + 1] = dots[3] }
                }
              }
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
    return result
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

/// The dot products of `count` elements of two rows each, `stride` apart: (0, 0), (0, 1), (1, 0), (1, 1). Bit for bit those of ``dot(_:_:_:)``.
@inline(__always)
private func fourDots(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, _ count: Int
) -> SIMD4<Float> {
  var (t00, t01, t10, t11) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
  let (a1, b1) = unsafe (a + stride, b + stride)
  for place in Swift.stride(from: 0, to: count, by: 8) {
    let (x0, x1) = unsafe (lanes(a + place), lanes(a1 + place))
    let (y0, y1) = unsafe (lanes(b + place), lanes(b1 + place))
    t00 += x0 * y0
    t01 += x0 * y1
    t10 += x1 * y0
    t11 += x1 * y1
  }
  return SIMD4(sum(t00), sum(t01), sum(t10), sum(t11))
}

/// ``fourDots`` where the second row of either may not exist.
private func edgeDots(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ hasRow: Bool,
  _ hasColumn: Bool
) -> SIMD4<Float> {
  unsafe SIMD4(
    dot(a, b, count), hasColumn ? dot(a, b + stride, count) : 0, hasRow ? dot(a + stride, b, count) : 0, 0)
}

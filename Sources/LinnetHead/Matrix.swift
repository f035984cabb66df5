/// A dense row-major matrix whose rows are padded with zeros to a multiple of eight, so that sums over a row run in
/// whole vectors. Every sum has one fixed order: equal inputs give equal bits on every machine.
struct Matrix: Sendable {
  let rows: Int
  let columns: Int
  /// Elements from one row to the next.
  let stride: Int
  /// `rows · stride` elements; those past `columns` of a row are zero.
  private(set) var values: [Float]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    values = [Float](repeating: 0, count: rows * stride)
  }

  /// From `rows · columns` elements without padding.
  init(rows: Int, columns: Int, dense: [Float]) {
    self.init(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { values[row * stride + column] = dense[row * columns + column] }
    }
  }

  subscript(row: Int, column: Int) -> Float {
    get { values[row * stride + column] }
    set { values[row * stride + column] = newValue }
  }

  /// The elements without padding.
  var dense: [Float] {
    var dense: [Float] = []
    dense.reserveCapacity(rows * columns)
    for row in 0..<rows { dense += values[row * stride..<row * stride + columns] }
    return dense
  }

  var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.values[column * result.stride + row] = values[row * stride + column]
      }
    }
    return result
  }

  /// The body may write anywhere in a row but must leave the padding zero.
  mutating func withMutableValues<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
    unsafe values.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress ?? .init(bitPattern: 64)!) }
  }

  func withValues<R>(_ body: (UnsafePointer<Float>) -> R) -> R {
    unsafe values.withUnsafeBufferPointer { unsafe body($0.baseAddress ?? .init(bitPattern: 64)!) }
  }
}

/// The sum of the lanes, always in the same tree.
@inline(__always)
func sum(_ lanes: SIMD8<Float>) -> Float {
  let four = lanes.lowHalf + lanes.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// Eight floats from `pointer` on.
@inline(__always)
func lanes(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
  unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
func store(_ lanes: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
  unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD8<Float>.self)
}

extension Matrix {
  /// The first columns.
  func prefix(columns: Int) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = self[row, column] }
    }
    return result
  }

  /// With a last column of ones.
  func appendingOnes() -> Matrix {
    var result = Matrix(rows: rows, columns: columns + 1)
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = self[row, column] }
      result[row, columns] = 1
    }
    return result
  }

  /// One row without padding.
  func elements(of row: Int) -> [Float] { Array(values[row * stride..<row * stride + columns]) }
}

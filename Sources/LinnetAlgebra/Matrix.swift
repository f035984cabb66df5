/// A dense row-major matrix whose rows are padded with zeros to a multiple of eight, so that sums over a row run in
/// whole vectors. Every sum has one fixed order: equal inputs give equal bits on every machine.
public struct Matrix: Sendable {
  public let rows: Int
  public let columns: Int
  /// Elements from one row to the next.
  public let stride: Int
  /// `rows · stride` elements; those past `columns` of a row are zero.
  @usableFromInline
  var storage: [Float]

  /// Of zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    storage = [Float](repeating: 0, count: rows * stride)
  }

  /// From `rows · columns` elements without padding.
  public init(rows: Int, columns: Int, dense: [Float]) {
    self.init(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { storage[row * stride + column] = dense[row * columns + column] }
    }
  }

  /// An element; both places count from zero.
  @inlinable
  public subscript(row: Int, column: Int) -> Float {
    get { storage[row * stride + column] }
    set { storage[row * stride + column] = newValue }
  }

  /// The elements without padding.
  public var dense: [Float] {
    var dense: [Float] = []
    dense.reserveCapacity(rows * columns)
    for row in 0..<rows { dense += storage[row * stride..<row * stride + columns] }
    return dense
  }

  /// Rows for columns.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.storage[column * result.stride + row] = storage[row * stride + column]
      }
    }
    return result
  }

  /// The body may write anywhere in a row but must leave the padding zero.
  @inlinable
  public mutating func withMutableValues<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
    unsafe storage.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress ?? .init(bitPattern: 64)!) }
  }

  /// The body may read `rows · stride` elements.
  @inlinable
  public func withValues<R>(_ body: (UnsafePointer<Float>) -> R) -> R {
    unsafe storage.withUnsafeBufferPointer { unsafe body($0.baseAddress ?? .init(bitPattern: 64)!) }
  }
}

/// The sum of the lanes, always in the same tree.
@inlinable @inline(__always)
public func sum(_ lanes: SIMD8<Float>) -> Float {
  let four = lanes.lowHalf + lanes.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// Eight floats from `pointer` on.
@inlinable @inline(__always)
public func lanes(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
  unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

/// Writes eight floats from `pointer` on.
@inlinable @inline(__always)
public func store(_ lanes: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
  unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD8<Float>.self)
}

extension Matrix {
  /// The first columns.
  public func prefix(columns: Int) -> Matrix {
    var result = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = self[row, column] }
    }
    return result
  }

  /// With a last column of ones.
  public func appendingOnes() -> Matrix {
    var result = Matrix(rows: rows, columns: columns + 1)
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = self[row, column] }
      result[row, columns] = 1
    }
    return result
  }

  /// One row without padding.
  public func elements(of row: Int) -> [Float] { Array(storage[row * stride..<row * stride + columns]) }
}

internal import LinnetAlgebra

/// Embeddings that others are compared with, L2-normalised and kept as bytes: a row's numbers are its scale times its
/// codes, at most half a code off, which changes a cosine by about 10⁻³.
struct KnownShots: Hashable, Sendable {
  let dimension: Int
  /// `count · dimension`.
  private(set) var codes: [Int8]
  /// A number a row.
  private(set) var scales: [Float]

  var count: Int { scales.count }

  init(dimension: Int, codes: [Int8], scales: [Float]) {
    self.dimension = dimension
    self.codes = codes
    self.scales = scales
  }

  /// - Parameter rows: no longer than one.
  init(_ rows: Matrix) {
    var rows = rows
    self.init(rounding: &rows)
  }

  /// - Parameter rows: no longer than one; what is kept of them is left in their place.
  init(rounding rows: inout Matrix) {
    let (count, columns, stride) = (rows.rows, rows.columns, rows.stride)
    var codes = [Int8](repeating: 0, count: count * columns)
    var scales: [Float] = []
    unsafe rows.withMutableValues { values in
      unsafe codes.withUnsafeMutableBufferPointer { codes in
        for row in 0..<count {
          let numbers = unsafe UnsafeMutableBufferPointer(start: values + row * stride, count: columns)
          let scale = max(unsafe greatestMagnitude(UnsafeBufferPointer(numbers)) / 127, 1e-30)
          scales.append(scale)
          for column in 0..<columns {
            // Adding 1.5 · 2²³ leaves the nearest integer in the low bits of the mantissa.
            let shifted = unsafe numbers[column] / scale + 12_582_912
            let code = Int32(bitPattern: shifted.bitPattern) &- 0x4B40_0000
            unsafe codes[row * columns + column] = Int8(truncatingIfNeeded: code)
            unsafe numbers[column] = Float(code) * scale
          }
        }
      }
    }
    self.init(dimension: columns, codes: codes, scales: scales)
  }

  /// Writes the cosine of every row of `embeddings`, of unit length, to every shot, a column a shot.
  func writeCosines(of embeddings: Matrix, to result: inout Matrix) {
    embeddings.writeProduct(codes, scales: scales, to: &result)
  }
}

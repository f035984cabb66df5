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
    dimension = rows.columns
    codes = []
    codes.reserveCapacity(rows.rows * rows.columns)
    scales = []
    for row in 0..<rows.rows {
      let numbers = rows.elements(of: row)
      let greatest = numbers.reduce(0) { max($0, abs($1)) }
      let scale = max(greatest / 127, 1e-30)
      scales.append(scale)
      for number in numbers { codes.append(Int8(max(-127, min(127, (number / scale).rounded())))) }
    }
  }

  /// The rows as they are kept.
  var matrix: Matrix {
    let rows = codes.indices.map { Float(codes[$0]) * scales[$0 / dimension] }
    return Matrix(rows: count, columns: dimension, dense: rows)
  }

  /// Writes the cosine of every row of `embeddings`, of unit length, to every shot, a column a shot.
  func writeCosines(of embeddings: Matrix, to result: inout Matrix) {
    embeddings.writeProduct(codes, scales: scales, to: &result)
  }
}

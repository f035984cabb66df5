internal import LinnetAlgebra

/// Descriptions made comparable, by what is known of the seen classes.
struct Signatures {
  /// Columns that are not the same for all seen classes, with what takes them to a common scale.
  private let columns: [(place: Int, centre: Float, scale: Float)]
  private let method: DescriptionMethod

  /// For `attributes` a column goes from its least to its greatest value, −½…½; for the others it is standardised. `nil`
  /// where every column is constant.
  init?(seen rows: [[Float?]], method: DescriptionMethod) {
    self.method = method
    var columns: [(place: Int, centre: Float, scale: Float)] = []
    for place in rows[0].indices {
      let known = rows.compactMap { $0[place].map(Double.init) }
      guard let least = known.min(), let greatest = known.max(),
        greatest - least > 1e-9 * max(1, abs(greatest))
      else { continue }
      if method == .attributes {
        columns.append((place, Float((least + greatest) / 2), Float(1 / (greatest - least))))
      } else {
        let mean = known.sorted().reduce(0, +) / Double(known.count)
        let variance = known.map { ($0 - mean) * ($0 - mean) }.sorted().reduce(0, +) / Double(known.count)
        columns.append((place, Float(mean), Float(1 / variance.squareRoot())))
      }
    }
    guard !columns.isEmpty else { return nil }
    self.columns = columns
  }

  /// A row a class. What is not known is zero: as likely as not. Rows have length one, but for `attributes`.
  func matrix(of rows: [[Float?]]) -> Matrix {
    var result = Matrix(rows: rows.count, columns: columns.count)
    for (row, values) in rows.enumerated() {
      for (column, scaling) in columns.enumerated() {
        guard let value = values[scaling.place] else { continue }
        let scaled = (value - scaling.centre) * scaling.scale
        result[row, column] =
          method == .attributes ? min(max(scaled, -0.5), 0.5) : min(max(scaled, -100), 100)
      }
    }
    return method == .attributes ? result : result.normalisedRows
  }
}

extension Matrix {
  /// Every row divided by its Euclidean length; a row of zeros stays.
  var normalisedRows: Matrix {
    var result = self
    for row in 0..<rows { result.normalise(row: row) }
    return result
  }

  /// Divides a row by its Euclidean length; a row of zeros stays.
  mutating func normalise(row: Int) {
    let length = dot(row: row, self, row: row).squareRoot()
    guard length > 0 else { return }
    for column in 0..<columns { self[row, column] /= length }
  }
}

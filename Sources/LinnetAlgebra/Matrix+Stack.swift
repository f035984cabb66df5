extension Matrix {
  /// The rows of several matrices, which have the same number of columns unless they have no rows.
  public init(stacking parts: [Matrix]) {
    self.init(rows: parts.reduce(0) { $0 + $1.rows }, columns: parts.first { $0.rows > 0 }?.columns ?? 0)
    var place = 0
    for part in parts where part.rows > 0 {
      for row in 0..<part.rows { add(1, part, row: row, to: place + row) }
      place += part.rows
    }
  }

  /// Rows one after the other.
  public func rows(at places: [Int]) -> Matrix {
    var result = Matrix(rows: places.count, columns: columns)
    for (place, row) in places.enumerated() { result.add(1, self, row: row, to: place) }
    return result
  }
}

import LinnetAlgebra
import Testing

@Suite struct LeadingDirectionsTests {
  /// Rows whose scatter is known: coordinates along orthogonal axes that are turned by a Householder reflection.
  private func rows(_ scales: [Float]) -> (rows: Matrix, axes: Matrix) {
    let count = scales.count
    var axes = Matrix(rows: count, columns: count)
    let mirror = (0..<count).map { Float($0 + 1) }
    let length = mirror.reduce(0) { $0 + $1 * $1 }
    for row in 0..<count {
      for column in 0..<count {
        axes[row, column] = (row == column ? 1 : 0) - 2 * mirror[row] * mirror[column] / length
      }
    }
    var rows = Matrix(rows: 2 * count, columns: count)
    for row in 0..<count {
      rows.add(scales[row], axes, row: row, to: 2 * row)
      rows.add(-scales[row], axes, row: row, to: 2 * row + 1)
    }
    return (rows, axes)
  }

  @Test func theStrongestComeFirst() {
    let scales: [Float] = [1, 5, 0.5, 3, 0.1, 0.2, 2, 0.3, 0.05]
    let (rows, axes) = rows(scales)
    let leading = LeadingDirections(of: rows, count: 4)
    #expect(leading.directions.rows == 4)
    for (place, axis) in [1, 3, 6, 0].enumerated() {
      let cosine = leading.directions.dot(row: place, axes, row: axis)
      #expect(abs(abs(cosine) - 1) < 1e-4, "\(place)")
      #expect(abs(leading.strengths[place] - 2 * scales[axis] * scales[axis]) < 1e-3 * scales[axis])
    }
  }

  @Test func noMoreThanThereAre() {
    let (rows, _) = rows([1, 2, 0, 0, 0])
    let leading = LeadingDirections(of: rows, count: 9)
    #expect(leading.directions.rows == 5)
    #expect(leading.strengths[2...].allSatisfy { $0 < 1e-5 })
    #expect(leading.directions.dense.allSatisfy { $0.isFinite })
    #expect(LeadingDirections(of: Matrix(rows: 0, columns: 3), count: 2).directions.rows == 0)
  }
}

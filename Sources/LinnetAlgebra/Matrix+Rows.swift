/// What is done with whole rows.
extension Matrix {
  /// Some of the rows.
  public func rows(_ range: Range<Int>) -> Matrix {
    var result = Matrix(rows: range.count, columns: columns)
    for row in range { result.add(1, self, row: row, to: row - range.lowerBound) }
    return result
  }

  /// The sum of a row's elements, each times its weight.
  public func weightedSum(row: Int, _ weights: [Float]) -> Float {
    var total: Float = 0
    for column in 0..<columns { total += self[row, column] * weights[column] }
    return total
  }

  /// The sum of the rows, each times its weight, as a matrix of one row.
  public func weightedMean(_ weights: [Float]) -> Matrix {
    var mean = Matrix(rows: 1, columns: columns)
    for row in 0..<rows { mean.add(weights[row], self, row: row, to: 0) }
    return mean
  }

  /// `self[row] −= other[0]` for every row.
  public mutating func subtract(_ other: Matrix) {
    for row in 0..<rows { add(-1, other, row: 0, to: row) }
  }

  /// Every row times its factor.
  public mutating func scaleRows(_ factors: [Float]) {
    let (rows, stride) = (rows, stride)
    unsafe withMutableValues { values in
      for row in 0..<rows {
        let factor = SIMD8<Float>(repeating: factors[row])
        for place in Swift.stride(from: row * stride, to: (row + 1) * stride, by: 8) {
          unsafe store(factor * lanes(values + place), values + place)
        }
      }
    }
  }
}

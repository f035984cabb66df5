import Testing

@testable import LinnetAlgebra

@Suite struct LinearMetricTests {
  /// Symmetric, with eigenvalues of at least one.
  private func positive(_ count: Int) -> Matrix {
    let samples = Matrix(
      rows: count, columns: 20, dense: numbers(seed: count, count: 20 * count).map { $0 - 0.5 })
    var result = samples.timesTransposed(samples, isSymmetric: true)
    for place in 0..<count { result[place, place] += 1 }
    return result
  }

  private func isNearIdentity(_ matrix: Matrix) -> Bool {
    (0..<matrix.rows).allSatisfy { row in
      (0..<matrix.columns).allSatisfy { abs(matrix[row, $0] - (row == $0 ? 1 : 0)) < 1e-4 }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 40, 67, 130])
  func whiteningMakesTheMatrixTheIdentity(count: Int) {
    let matrix = positive(count)
    let metric = LinearMetric(matrix)
    // L⁻¹ H L⁻ᵀ, from whitening the rows of H and then those of the transposed result.
    let halfway = metric.whitened(matrix).transposed
    #expect(isNearIdentity(metric.whitened(halfway)))
    var columns = halfway.transposed
    metric.whitenColumns(&columns)
    #expect(isNearIdentity(columns))
    #expect(isNearIdentity(metric.inverted.timesTransposed(matrix)))
    // L⁻ᵀ L⁻¹ is the inverse.
    #expect(isNearIdentity(metric.unwhitened(metric.whitened(matrix))))
  }

  @Test func aDirectionThatRoundingAteStaysFinite() {
    let ones = Matrix(rows: 9, columns: 9, dense: [Float](repeating: 1, count: 81))
    let metric = LinearMetric(ones)
    #expect(metric.whitened(ones).dense.allSatisfy { $0.isFinite })
  }
}

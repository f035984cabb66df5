import Testing

@testable import LinnetAlgebra

@Suite struct SymmetricEigenTests {
  func symmetric(_ count: Int, seed: Int) -> Matrix {
    let half = Matrix(rows: count, columns: count, dense: numbers(seed: seed, count: count * count))
    var whole = half.transposed
    whole.add(1, half)
    return whole
  }

  @Test(arguments: [1, 2, 3, 8, 17, 60])
  func vectorsAreOrthonormalAndStretchedByTheirValues(count: Int) {
    let matrix = symmetric(count, seed: count)
    let eigen = SymmetricEigen(matrix)
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 >= $1 })
    let products = eigen.vectors.timesTransposed(eigen.vectors)
    let stretched = eigen.vectors.timesTransposed(matrix)
    for row in 0..<count {
      for column in 0..<count {
        #expect(abs(products[row, column] - (row == column ? 1 : 0)) < 1e-5)
        #expect(
          abs(Double(stretched[row, column]) - eigen.values[row] * Double(eigen.vectors[row, column])) < 2e-5)
      }
    }
  }

  /// Made with NumPy's `eigvalsh`, as by `toolchain/domain/make-reference`.
  @Test func valuesAreNumPys() {
    let exact: [Double] = [
      7.93337602, 2.10092178, 1.23811212, 0.572932823, -0.0512894745, -0.149438042, -0.344785847, -1.53790532,
      -2.16802147,
    ]
    for (value, exact) in zip(SymmetricEigen(symmetric(9, seed: 5)).values, exact) {
      #expect(abs(value - exact) < 1e-6)
    }
  }

  @Test func equalValuesAndZeros() {
    var matrix = Matrix(rows: 12, columns: 12)
    for place in 0..<6 { matrix[place, place] = 3 }
    let eigen = SymmetricEigen(matrix)
    #expect(eigen.values == [Double](repeating: 3, count: 6) + [Double](repeating: 0, count: 6))
    #expect(SymmetricEigen(Matrix(rows: 0, columns: 0)).values.isEmpty)
  }
}

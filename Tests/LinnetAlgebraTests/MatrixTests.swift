import Testing

@testable import LinnetAlgebra

@Suite struct MatrixTests {
  func matrix(_ rows: Int, _ columns: Int, seed: Int) -> Matrix {
    Matrix(
      rows: rows, columns: columns,
      dense: numbers(seed: seed, count: rows * columns).map { $0 - 0.5 })
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (4, 9, 600), (2, 3, 513)])
  func aProductIsThatOfTheTransposedOther(rows: Int, inner: Int, columns: Int) {
    let (a, b) = (matrix(rows, inner, seed: 1), matrix(inner, columns, seed: 2))
    let (product, other) = (a.times(b), a.timesTransposed(b.transposed))
    #expect(product.rows == rows && product.columns == columns)
    #expect(zip(product.dense, other.dense).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [(1, 1, 1), (2, 2, 8), (3, 5, 7), (4, 4, 16), (5, 9, 17), (7, 2, 33), (9, 8, 100)])
  func productsAreDotProductsOfRows(rows: Int, columns: Int, length: Int) {
    let (a, b) = (matrix(rows, length, seed: 1), matrix(columns, length, seed: 2))
    let product = a.timesTransposed(b)
    for row in 0..<rows {
      for column in 0..<columns {
        let exact = (0..<length).reduce(0.0) { $0 + Double(a[row, $1]) * Double(b[column, $1]) }
        #expect(abs(Double(product[row, column]) - exact) < 1e-5)
        #expect(product[row, column] == a.dot(row: row, b, row: column), "a block sums in another order")
      }
    }
    var result = product
    result.scale(3)
    a.writeTimesTransposed(b, to: &result)
    #expect(result.dense == product.dense)
  }

  @Test(arguments: 1...13)
  func symmetricProductsAreTheWholeProduct(rows: Int) {
    let a = matrix(rows, 21, seed: 3)
    #expect(a.timesTransposed(a, isSymmetric: true).dense == a.timesTransposed(a).dense)
  }

  @Test func paddingStaysZero() {
    var a = matrix(3, 5, seed: 4)
    a.add(2, matrix(3, 5, seed: 5))
    a.scale(3)
    a.add(0.5, a, row: 0, to: 2)
    for row in 0..<3 { #expect(a.storage[row * a.stride + 5..<(row + 1) * a.stride].allSatisfy { $0 == 0 }) }
    #expect(a.transposed.transposed.dense == a.dense)
    #expect(a.appendingOnes().prefix(columns: 5).dense == a.dense)
    #expect((0..<3).allSatisfy { a.appendingOnes()[$0, 5] == 1 })
  }

  @Test func aCholeskyFactorRestoresItsGramMatrix() {
    let samples = matrix(12, 30, seed: 6)
    let gram = samples.timesTransposed(samples, isSymmetric: true)
    let cholesky = PivotedCholesky(gram: gram, tolerance: 1e-6)
    #expect(cholesky.pivots.sorted() == Array(0..<12))
    let restored = cholesky.factor.timesTransposed(cholesky.factor)
    for (a, b) in zip(restored.dense, gram.dense) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func equalSamplesShareACoordinate() {
    let one = matrix(4, 30, seed: 7)
    let twice = Matrix(rows: 8, columns: 30, dense: one.dense + one.dense)
    let gram = twice.timesTransposed(twice, isSymmetric: true)
    let cholesky = PivotedCholesky(gram: gram, tolerance: 1e-5)
    #expect(cholesky.pivots.count == 4 && cholesky.factor.columns == 4)
    let zero = PivotedCholesky(gram: Matrix(rows: 3, columns: 3), tolerance: 1e-5)
    #expect(zero.pivots.isEmpty)
  }
}

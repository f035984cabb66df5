import CLinnetAlgebra
import Testing

@testable import LinnetAlgebra

@Suite struct LevelTests {
  static let levels: [linnet_algebra_level] = (0...linnet_algebra_best_level().rawValue).map { .init($0) }

  private func matrix(_ rows: Int, _ columns: Int, seed: Int) -> Matrix {
    Matrix(
      rows: rows, columns: columns, dense: numbers(seed: seed, count: rows * columns).map { $0 - 0.5 })
  }

  @Test(arguments: levels, [(1, 1, 8), (2, 3, 16), (4, 2, 200), (5, 5, 24), (11, 7, 1280)])
  func dotsAreThoseOfSingleRows(level: linnet_algebra_level, size: (a: Int, b: Int, length: Int)) {
    let (a, b) = (matrix(size.a, size.length, seed: 1), matrix(size.b, size.length, seed: 2))
    var out = [Float](repeating: .nan, count: size.a * size.b)
    unsafe a.withValues { a in
      unsafe b.withValues { b in
        unsafe linnet_algebra_dots(level, a, size.a, b, size.b, size.length, size.length, &out, size.b)
      }
    }
    for row in 0..<size.a {
      for column in 0..<size.b { #expect(out[row * size.b + column] == a.dot(row: row, b, row: column)) }
    }
  }

  @Test(arguments: levels, [(1, 1, 8), (2, 3, 16), (4, 9, 24), (7, 30, 40), (9, 0, 8)])
  func sumsAreInOrder(level: linnet_algebra_level, size: (rows: Int, terms: Int, width: Int)) {
    let (factors, vectors) = (
      matrix(size.rows, max(size.terms, 1), seed: 3), matrix(size.terms, size.width, seed: 4)
    )
    var out = [Float](repeating: .nan, count: size.rows * size.width)
    unsafe factors.withValues { factorValues in
      unsafe vectors.withValues { vectors in
        unsafe linnet_algebra_sums(
          level, factorValues, factors.stride, size.rows, vectors, size.width, size.terms, size.width, &out,
          size.width)
      }
    }
    for row in 0..<size.rows {
      for column in 0..<size.width {
        var sum: Float = 0
        for term in 0..<size.terms { sum += factors[row, term] * vectors[term, column] }
        #expect(out[row * size.width + column] == sum)
      }
    }
  }
}

import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct BackgroundPicturesTests {
  @Test(arguments: [0, 1, 2, 3, 5, 40]) func theGreatestAreThoseThatSortingPutsFirst(columns: Int) {
    var generator = SeededGenerator(seed: UInt64(columns))
    for round in 0..<30 {
      // Few values, so that many are equal.
      let row = (0..<columns).map { _ in Float(Int.random(in: -6...6, using: &generator)) / 4 }
      let matrix = Matrix(rows: 2, columns: columns, dense: row.map { -$0 } + row)
      for count in [1, 2, 3, 7] {
        let skipped = round % 2 == 0 || columns == 0 ? nil : round % columns
        let left = row.enumerated().filter { $0.offset != skipped }.map(\.element)
        let greatest = left.sorted(by: >).prefix(count)
        let expected = greatest.isEmpty ? 0 : greatest.reduce(0, +) / Float(greatest.count)
        #expect(abs(matrix.meanOfGreatest(count, row: 1, except: skipped) - expected) < 1e-6)
      }
    }
  }

  @Test func elsewhereIsTheMeanCosineToTheNearestThree() throws {
    let shots = try tappedShots(background: 6)
    let head = try Head.train(HeadRecipe(.ridge), shots: shots, backbone: tapped)
    let background = try #require(head.unknown.background)
    #expect(background.part == 16..<20 && background.neighbours == 3 && background.pictures.count == 6)
    let embedding = try clusters(classes: 1, shots: 1, dimension: 32, seed: 6).embedding(0)
    func cosine(_ a: [Float], _ b: [Float]) -> Float {
      func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }
    let cosines = (0..<6).map { row in
      cosine(Array(embedding[16..<20]), Array(shots.background[row * 32 + 16..<row * 32 + 20]))
    }
    let expected = -cosines.sorted(by: >).prefix(3).reduce(0, +) / 3
    var measures = UnknownMeasures(head.unknown, count: 1, classCount: 3)
    measures.take(embedding, dimension: 32)
    let scores = Matrix(rows: 1, columns: 3)
    // The pictures are kept as bytes.
    #expect(abs(measures.value(.elsewhere, row: 0, scores: scores, cosines: nil) - expected) < 1e-2)
  }

  @Test func aFileThatDoesNotSayHowComparesTheFirstNumbersWithTheNearest() throws {
    var shots = try clusters(classes: 3, shots: 4, dimension: 12)
    for number in 0..<4 { try shots.appendBackground((0..<12).map { $0 % 4 == number ? 1 : 0 }) }
    let head = try Head.train(HeadRecipe(.ridge), shots: shots, backbone: backbone)
    let file = HeadFileTwoTests()
    let older = try file.changed(
      head, int32: ["unknown.background.part": nil, "unknown.background.neighbours": nil])
    let background = try #require(try Head(bytes: older).unknown.background)
    #expect(background.part == 0..<12 && background.neighbours == 1)
    #expect(background.pictures == head.unknown.background?.pictures)
  }

  @Test(arguments: [
    ("unknown.background.part", [Int32(16), 5], "unknown.background"),
    ("unknown.background.part", [16, 17], "unknown.background.part"),
    ("unknown.background.part", [16], "unknown.background.part"),
    ("unknown.background.neighbours", [0], "unknown.background.neighbours"),
  ])
  func whatDoesNotFitIsRefused(name: String, numbers: [Int32], at expected: String) throws {
    let head = try Head.train(HeadRecipe(.ridge), shots: try tappedShots(background: 5), backbone: tapped)
    let file = HeadFileTwoTests()
    try file.isRefused(try file.changed(head, int32: [name: numbers]), at: expected)
  }
}

import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct KnownScoresTests {
  @Test func ofEqualClassesItIsTheQuantileOfAll() {
    let scores: [Float] = [3, -1, 2, 0.5, 7, 4]
    let known = KnownScores(scores, classOf: [0, 1, 2, 2, 1, 0])
    for share in [0, 0.05, 0.3, 0.5, 0.99, 1] {
      #expect(known.quantile(share) == Calibration.quantile(scores.sorted(), share))
    }
  }

  /// A class counts as much as another, however many shots it has: as if the shots of the small one stood there as often.
  @Test func everyClassCountsTheSame() {
    var random = SplitMix(seed: 8)
    func number() -> Float { Float(random.below(65536)) / 65536 }
    let large = (0..<40).map { _ in number() }
    let small = (0..<4).map { _ in number() - 0.5 }
    let known = KnownScores(
      large + small, classOf: [Int](repeating: 0, count: 40) + [Int](repeating: 2, count: 4))
    let repeated = (large + (0..<40).map { small[$0 / 10] }).sorted()
    for share in stride(from: 0.02, to: 1, by: 0.02) {
      let expected = [share - 0.13, share + 0.13].map { Calibration.quantile(repeated, min(max($0, 0), 1)) }
      #expect(expected[0]...expected[1] ~= known.quantile(share), "\(share)")
    }
    #expect(known.quantile(0) == small.min() && known.quantile(1) == large.max())
  }

  @Test func theOrderDoesNotMatter() {
    let (scores, classes): ([Float], [Int]) = ([2, 2, 1, 5, 5, 3], [0, 1, 0, 0, 1, 0])
    let (a, b) = (
      KnownScores(scores, classOf: classes), KnownScores(scores.reversed(), classOf: classes.reversed())
    )
    for share in [0, 0.1, 0.5, 0.77] { #expect(a.quantile(share) == b.quantile(share)) }
  }

  @Test func ofSmallClassesNoMoreIsRefused() throws {
    let all = try clusters(classes: 6, shots: 40, dimension: 32, spread: 0.9, seed: 2)
    var shots = try Shots(dimension: 32, classes: all.classes)
    for row in 0..<all.count where row % 40 < [20, 20, 20, 3, 3, 3][all.classOf[row]] {
      try shots.append(all.embedding(row), class: all.classOf[row])
    }
    let head = try Head.train(HeadRecipe(.ridge), shots: shots, backbone: backbone)
    func refused(_ classes: Range<Int>) -> Double {
      let rows = (0..<all.count).filter { classes ~= all.classOf[$0] && $0 % 40 >= 20 }
      return Double(rows.count { head.decide(all.embedding($0)).isUnknown }) / Double(rows.count)
    }
    #expect(refused(3..<6) < 0.3 && refused(0..<6) < 0.2, "\(refused(3..<6)), \(refused(0..<6))")
  }
}

import LinnetInsight
import Testing

@Suite struct MeasuresTests {
  @Test func aurocIsTheShareOfRightPairs() throws {
    var state: UInt32 = 5
    func score() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 28)
    }
    for _ in 0..<50 {
      let known = (0..<13).map { _ in score() + 2 }
      let unknown = (0..<9).map { _ in score() }
      var right = 0.0
      for k in known { for u in unknown { right += k > u ? 1 : k == u ? 0.5 : 0 } }
      let auroc = try #require(OpenSetMeasure.auroc(known: known, unknown: unknown))
      #expect(abs(auroc - right / 117) < 1e-12)
    }
    #expect(OpenSetMeasure.auroc(known: [], unknown: [1]) == nil)
  }

  @Test func falsePositivesWhereMostKnownPass() {
    let known = (1...100).map(Float.init)
    #expect(OpenSetMeasure.falsePositiveRate95(known: known, unknown: [1, 5, 6, 50]) == 0.5)
    #expect(OpenSetMeasure.falsePositiveRate95(known: known, unknown: [0, 1]) == 0)
    #expect(OpenSetMeasure.falsePositiveRate95(known: [1], unknown: []) == nil)
  }

  @Test func meanAndInterval() throws {
    let figures = try #require(MeanAndInterval([1, 2, 3, 4]))
    #expect(figures.mean == 2.5)
    #expect(abs(figures.ci95 - 1.96 * (5.0 / 3 / 4).squareRoot()) < 1e-12)
    #expect(MeanAndInterval([7])?.ci95 == 0)
    #expect(MeanAndInterval([]) == nil)
  }
}

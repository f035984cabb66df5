import LinnetInsight
import Testing

@Suite struct MeasuresTests {
  /// As toolchain/heads/make-measures draws them.
  private func numbers(_ seed: Int, _ count: Int) -> [Double] {
    var state = seed * 7919 + 12345
    return (0..<count).map { _ in
      state = (state * 1_103_515_245 + 12345) % 2_147_483_648
      return Double(state >> 15) / 65536
    }
  }

  private func answers(_ seed: Int) -> (truth: [Int], probabilities: [[Float]]) {
    let truth = numbers(seed, 120).map { Int($0 * 4) }
    let weights = numbers(seed + 1, 600)
    let probabilities = truth.enumerated().map { row, truth in
      let own = (0..<5).map { column in
        let number = weights[row * 5 + column]
        return number * number * number + (column == truth ? 0.4 : 0)
      }
      return own.map { Float($0 / own.reduce(0, +)) }
    }
    return (truth, probabilities)
  }

  private func isNear(_ one: [Double?], _ other: [Double?], _ tolerance: Double = 1e-8) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { first, second in
        guard let first, let second else { return first == nil && second == nil }
        return abs(first - second) < tolerance
      }
  }

  @Test func classMeasuresAsScikitLearn() {
    let (truth, probabilities) = answers(3)
    var confusion = Array(repeating: Array(repeating: 0, count: 5), count: 5)
    for (truth, row) in zip(truth, probabilities) { confusion[truth][row.firstIndex(of: row.max()!)!] += 1 }
    let measures = ClassMeasures(confusion: confusion)
    #expect(isNear([measures.accuracy], [MeasuresReference.accuracy]))
    #expect(isNear([measures.balancedAccuracy], [MeasuresReference.balancedAccuracy]))
    #expect(
      measures.recall[4] == nil && isNear(measures.recall.dropLast(), MeasuresReference.recall.dropLast()))
    #expect(isNear(measures.precision, MeasuresReference.precision))
    #expect(isNear(measures.f1, MeasuresReference.f1))
    #expect(isNear([measures.macroF1], [MeasuresReference.f1.reduce(0, +) / 5]))
  }

  @Test func areasOfClassesAsScikitLearn() {
    let (truth, probabilities) = answers(3)
    let areas = (0..<5).map { label in
      OpenSetMeasure.auroc(
        known: probabilities.indices.filter { truth[$0] == label }.map { probabilities[$0][label] },
        unknown: probabilities.indices.filter { truth[$0] != label }.map { probabilities[$0][label] })
    }
    #expect(isNear(areas, MeasuresReference.areas + [nil]))
  }

  @Test func reliability() {
    let (truth, probabilities) = answers(3)
    let answers = zip(truth, probabilities).map { truth, row in
      Answer(
        picture: 0, truth: truth, answer: row.firstIndex(of: row.max()!)!, confidence: row.max()!,
        truthConfidence: row[truth], openSetScore: 0, isUnknown: false)
    }
    let reliability = Reliability(answers)
    #expect(abs(reliability.expectedError - MeasuresReference.calibrationError) < 1e-7)
    #expect(reliability.bins.count == 15 && reliability.bins.reduce(0) { $0 + $1.count } == 120)
    #expect(Reliability([]).expectedError == 0)
    var sure = answers[0]
    (sure.confidence, sure.answer) = (1, sure.truth)
    #expect(Reliability([sure]).bins[14].count == 1 && Reliability([sure]).expectedError == 0)
    (sure.confidence, sure.answer) = (0, sure.truth + 1)
    #expect(Reliability([sure]).bins[0].count == 1)
  }

  @Test func operatingCurveAsScikitLearn() throws {
    let known = numbers(7, 80).map { Float($0.squareRoot()) }
    let unknown = numbers(8, 50).map { Float($0) }
    let area = OpenSetMeasure.auroc(known: known, unknown: unknown)
    #expect(isNear([area], [MeasuresReference.openSetArea]))
    let curve = try #require(ReceiverOperating.curve(known: known, unknown: unknown))
    #expect(isNear(stride(from: 0, through: 100, by: 10).map { curve[$0] }, MeasuresReference.curve))
    #expect(curve == curve.sorted() && curve.last == 1)
    #expect(ReceiverOperating.curve(known: known, unknown: []) == nil)
    #expect(ReceiverOperating.curve(known: [1, 1], unknown: [1])?.first == 0)
  }

  @Test func pairedTestsAsSciPy() {
    for (first, second, probability) in MeasuresReference.mcNemar {
      #expect(abs(PairedTest.mcNemar(onlyFirst: first, onlySecond: second) - probability) < 1e-9)
      #expect(
        PairedTest.mcNemar(onlyFirst: second, onlySecond: first)
          == PairedTest.mcNemar(onlyFirst: first, onlySecond: second))
    }
    let few = numbers(11, 11).map { $0 - 0.3 }
    #expect(abs(PairedTest.signFlip(few) - MeasuresReference.signFlip) < 1e-9)
    #expect(PairedTest.signFlip(few.map { -$0 }) == PairedTest.signFlip(few))
    let many = numbers(12, 60).map { $0 - 0.45 }
    #expect(abs(PairedTest.signFlip(many) - MeasuresReference.signFlipOfMany) < 0.02)
    #expect(PairedTest.signFlip(many) == PairedTest.signFlip(many))
    #expect(
      PairedTest.signFlip([]) == 1 && PairedTest.signFlip([0, 0]) == 1 && PairedTest.signFlip([0.1]) == 1)
    #expect(PairedTest.signFlip((0..<40).map { 0.1 + Double($0) }) == 1e-4)
  }

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

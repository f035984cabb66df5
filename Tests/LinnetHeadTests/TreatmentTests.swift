import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct TreatmentTests {
  func treated(_ treatment: EmbeddingTreatment, _ embedding: [Float]) -> [Float] {
    treatment.matrix(of: embedding, dimension: embedding.count).dense
  }

  @Test func lengthsAreOne() {
    #expect(treated(.raw(2), [3, 4]) == [3, 4])
    #expect(treated(.l2(2), [3, 4]) == [0.6, 0.8])
    let roots = treated(.squareRoot(3), [9, -16, 0])
    for (a, b) in zip(roots, [0.6, -0.8, 0] as [Float]) { #expect(abs(a - b) < 1e-7) }
  }

  @Test func blocksAreTreatedEachByItself() {
    var treatment = EmbeddingTreatment(blocks: [
      .init(range: 2..<4, weight: 4), .init(range: 0..<1), .init(range: 4..<6),
    ])
    #expect(treatment.width == 5)
    // 3, 4 → 0.6, 0.8 → times √4; a block of zeros stays.
    var result = treated(treatment, [7, 9, 3, 4, 0, 0])
    for (a, b) in zip(result, [1.2, 1.6, 1, 0, 0] as [Float]) { #expect(abs(a - b) < 1e-6) }
    treatment.normalisesWhole = true
    result = treated(treatment, [7, 9, 3, 4, 0, 0])
    #expect(abs(result.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
    #expect(abs(result[0] / result[2] - 1.2) < 1e-6)
  }

  @Test func centreAndDeviationComeAfterThePower() {
    var treatment = EmbeddingTreatment(blocks: [.init(range: 0..<2, power: .squareRoot)])
    treatment.centre = [1, 1]
    treatment.deviation = [2, 0.5]
    treatment.isNormalised = false
    #expect(treated(treatment, [25, 4]) == [2, 2])
    treatment.isNormalised = true
    let result = treated(treatment, [25, 4])
    #expect(abs(result[0] - 0.707_106_8) < 1e-6 && result[0] == result[1])
    // What is at the centre is like nothing.
    #expect(treated(treatment, [1, 1]) == [0, 0])
  }

  @Test func sourcePicturesAreWhereNumbersBeginAndTheirUnit() {
    let source = SourceStatistics(mean: [1, 2, 3], deviation: [0.5, 2, 0])
    let centred = treated(.centred(source), [4, 6, 3])
    for (a, b) in zip(centred, [0.6, 0.8, 0] as [Float]) { #expect(abs(a - b) < 1e-6) }
    let standard = treated(.standardised(source), [2.5, 10, 3])
    for (a, b) in zip(standard, [0.6, 0.8, 0] as [Float]) { #expect(abs(a - b) < 1e-6) }
    #expect(EmbeddingTreatment.standardised(source).isValid(dimension: 3), "no unit is zero")
  }

  @Test func whatIsZeroOrNotFiniteIsZero() {
    var treatment = EmbeddingTreatment(blocks: [.init(range: 0..<1), .init(range: 1..<2)])
    treatment.centre = [1, 1]
    #expect(treated(treatment, [2, .nan]) == [0, 0])
    #expect(treated(treatment, [2, .infinity]) == [0, 0])
    #expect(treated(treatment, [0, 0]) == [0, 0])
    #expect(treated(.l2(1), [.leastNonzeroMagnitude]) == [0])
    #expect(abs(treated(.l2(2), [3e38, 0])[0] - 1) < 1e-6)
  }

  @Test func aHeadOverSeveralBlocksReadsTheFirst() throws {
    var several = backbone
    several.blocks = [2, 3]
    var shots = Shots(dimension: 5)
    try shots.append([1, 0, 5, 5, 5], label: "a")
    try shots.append([0, 1, 5, 5, 5], label: "b")
    let head = try Head.train(.logistic, shots: shots, backbone: several)
    #expect(head.treatment == .l2(2))
    #expect(head.scores(of: [1, 0, 9, 9, 9]) == head.scores(of: [1, 0, 0, 0, 0]))
    #expect(try Head(bytes: head.serialised()).decide([0, 1, 7, 8, 9]) == head.decide([0, 1, 7, 8, 9]))
  }

  @Test func whatDoesNotFitIsATypedError() throws {
    let shots = try clusters(classes: 2, shots: 2, dimension: 4)
    var recipe = HeadRecipe(.prototype)
    for treatment in [
      EmbeddingTreatment.l2(5), .raw(4), .init(blocks: []), .init(blocks: [.init(range: 0..<4, weight: 2)]),
      .init(blocks: [.init(range: 0..<4)], centre: [1]),
      .init(blocks: [.init(range: 0..<4)], deviation: [1, 0, 1, 1]),
    ] {
      recipe.treatment = treatment
      let error = try #require(throws: HeadError.self) {
        try Head.train(recipe, shots: shots, backbone: backbone)
      }
      guard case .unsuitableTreatment = error else {
        Issue.record("\(error)")
        continue
      }
    }
  }

  @Test(arguments: methods)
  func treatmentAndRecipeComeBackFromAFile(method: HeadMethod) throws {
    let shots = try clusters(classes: 3, shots: 3, dimension: 8)
    var recipe = HeadRecipe(method)
    recipe.treatment = EmbeddingTreatment(
      blocks: [.init(range: 4..<8, weight: 0.25), .init(range: 0..<4, power: .squareRoot)],
      centre: [Float](repeating: 0.5, count: 8), deviation: [Float](repeating: 2, count: 8),
      normalisesWhole: true)
    recipe.balance = .none
    recipe.focal = 0.5
    recipe.regularisation = 0.125
    recipe.neighbours = 3
    recipe.seed = .max
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    let read = try Head(bytes: try head.serialised())
    #expect(read.recipe == recipe && read.treatment == recipe.treatment)
    #expect(read.decide(rows: shots.embeddings) == head.decide(rows: shots.embeddings))
  }
}

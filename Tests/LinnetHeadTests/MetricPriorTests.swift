import LinnetAlgebra
import LinnetSafetensors
import Testing

@testable import LinnetHead

@Suite struct MetricPriorTests {
  private let dimension = 30
  private let identity = BackboneIdentity(name: "test", digest: "sha256:00", blocks: [20, 5, 5])

  /// Vectors that differ by a few causes that have nothing to do with what they show, much more than by that.
  private func vector(_ show: [Float], _ generator: inout SeededGenerator) -> [Float] {
    var vector = show
    for cause in 0..<3 {
      let strength = Float.random(in: -1...1, using: &generator)
      for column in 0..<20 where column % 3 == cause { vector[column] += 0.6 * strength }
    }
    return vector.enumerated().map { $0.offset < 20 ? max($0.element, 0) : $0.element }
  }

  private func show(_ generator: inout SeededGenerator) -> [Float] {
    (0..<dimension).map { _ in Float.random(in: 0.7...1.3, using: &generator) }
  }

  private func prior(likeness: Bool = true) throws -> MetricPrior {
    var generator = SeededGenerator(seed: 5)
    let rows = (0..<200).flatMap { _ in vector(show(&generator), &generator) }
    return try MetricPrior.learn(
      rows, dimension: dimension, backbone: identity, classifier: likeness ? classifier() : nil)
  }

  private func classifier() -> Head {
    let codes = (0..<4 * 20).map { Int8(truncatingIfNeeded: $0 * 37 % 101 - 50) }
    return Head(
      classes: ["a", "b", "c", "d"], dimension: dimension, backbone: identity,
      treatment: EmbeddingTreatment(blocks: [.init(range: 0..<20)], isNormalised: false),
      scorer: .linear(
        LinearClassifier(weights: .int8(codes, scales: [0.02, 0.02, 0.02, 0.02]), bias: [0, 1, 0, -1]),
        gain: 1),
      prototypes: nil)
  }

  @Test func whatVariesWhateverIsShownCountsLess() throws {
    let prior = try prior(likeness: false)
    var generator = SeededGenerator(seed: 9)
    var (plain, learned, asked) = (0, 0, 0)
    for _ in 0..<20 {
      var shots = Shots(dimension: dimension)
      let shows = (0..<5).map { _ in show(&generator) }
      for (place, show) in shows.enumerated() {
        try shots.append(vector(show, &generator), label: "class \(place)")
      }
      let heads = try [TrainingSupport(), TrainingSupport(prior: prior)].map {
        try Head.train(HeadRecipe(.prototype), shots: shots, backbone: identity, support: $0)
      }
      for (place, show) in shows.enumerated() {
        let query = vector(show, &generator)
        plain += heads[0].decide(query).ranked[0].index == place ? 1 : 0
        learned += heads[1].decide(query).ranked[0].index == place ? 1 : 0
        asked += 1
      }
    }
    #expect(learned > plain + asked / 8, "\(learned) against \(plain) of \(asked)")
  }

  @Test func likenessIsTheCoefficientOfBhattacharyya() throws {
    let prior = try prior()
    var generator = SeededGenerator(seed: 2)
    let pair = [show(&generator), show(&generator)]
    let treated = prior.treatment.matrix(of: pair[0] + pair[1], dimension: dimension)
    let probabilities = pair.map { LinnetHeadTests.probabilities(classifier().scores(of: $0)) }
    let coefficient = zip(probabilities[0], probabilities[1]).reduce(0) { $0 + ($1.0 * $1.1).squareRoot() }
    let tail = (treated.columns - 4)..<treated.columns
    let inner = tail.reduce(0.0) { $0 + Double(treated[0, $1]) * Double(treated[1, $1]) }
    #expect(abs(inner - coefficient * 0.3 / 1.9) < 1e-5)
  }

  @Test func nothingIsLongerThanOne() throws {
    let prior = try prior()
    var generator = SeededGenerator(seed: 2)
    let good = vector(show(&generator), &generator)
    var broken = good
    broken[25] = .infinity
    let rows = good + [Float](repeating: 0, count: dimension) + broken + good.map { $0 * 1e9 }
    let treated = prior.treatment.matrix(of: rows, dimension: dimension)
    #expect(treated.columns == prior.width)
    #expect(abs(treated.dot(row: 0, treated, row: 0) - 1) < 1e-5)
    #expect(treated.elements(of: 1).allSatisfy { $0 == 0 } && treated.elements(of: 2).allSatisfy { $0 == 0 })
    #expect(treated.dot(row: 3, treated, row: 3) < 1.0001)
  }

  @Test(arguments: [HeadMethod.prototype, .logistic, .ridge, .lda, .knn])
  func headsCarryIt(method: HeadMethod) throws {
    let prior = try prior()
    let shots = try clusters(classes: 3, shots: 4, dimension: dimension)
    let head = try Head.train(
      HeadRecipe(method), shots: shots, backbone: identity, support: TrainingSupport(prior: prior))
    let bytes = try head.serialised()
    let again = try Head(bytes: bytes)
    #expect(try again.serialised() == bytes && again.treatment.prior == prior)
    #expect(again.scores(of: shots.embedding(3)) == head.scores(of: shots.embedding(3)))
  }

  @Test func theFileIsReadBack() throws {
    for prior in [try prior(), try prior(likeness: false)] {
      #expect(try MetricPrior(bytes: prior.serialised()) == prior)
    }
  }

  @Test func brokenFilesAreRefused() throws {
    let bytes = try prior().serialised()
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<fuzzCount {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        broken[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      guard let prior = try? MetricPrior(bytes: broken) else { continue }
      // What is taken for good must be usable.
      let width = prior.treatment.matrix(
        of: [Float](repeating: 1, count: prior.dimension), dimension: prior.dimension)
      #expect(width.columns == prior.width)
    }
    #expect(throws: HeadError.self) { try MetricPrior(bytes: Array(bytes.prefix(100))) }
    #expect(throws: HeadError.self) {
      try MetricPrior(bytes: clusters(classes: 2, shots: 2, dimension: 4).head())
    }
  }

  @Test func itFitsItsOwnBackboneAlone() throws {
    let other = BackboneIdentity(name: "other", digest: "sha256:11", blocks: [20, 5, 5])
    let shots = try clusters(classes: 2, shots: 2, dimension: dimension)
    let prior = try prior()
    #expect(throws: HeadError.wrongBackbone(head: identity, inUse: other)) {
      try Head.train(
        HeadRecipe(.ridge), shots: shots, backbone: other, support: TrainingSupport(prior: prior))
    }
    #expect(throws: HeadError.tooFewForPrior(count: 3)) {
      try MetricPrior.learn(
        [Float](repeating: 1, count: 90), dimension: 30, backbone: identity, classifier: nil)
    }
    #expect(throws: HeadError.self) {
      try MetricPrior.learn(
        [Float](repeating: 1, count: 3100), dimension: 31, backbone: identity, classifier: nil)
    }
  }

  @Test func equalPicturesMakeAMetricThatDoesNoHarm() throws {
    let prior = try MetricPrior.learn(
      [Float](repeating: 1, count: 100 * dimension), dimension: dimension, backbone: identity, classifier: nil
    )
    var generator = SeededGenerator(seed: 2)
    let treated = prior.treatment.matrix(of: vector(show(&generator), &generator), dimension: dimension)
    #expect(treated.dense.allSatisfy { $0.isFinite })
  }
}

extension Shots {
  fileprivate func head() throws -> [UInt8] {
    try Head.train(.prototype, shots: self, backbone: backbone).serialised()
  }
}

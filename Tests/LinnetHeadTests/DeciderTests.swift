import LinnetAlgebra
import Testing

@testable import LinnetHead

/// Heads that use every part of a decision: methods, background pictures, several blocks, a learned metric.
private enum Heads {
  static let dimension = 40
  static let blocks = BackboneIdentity(name: "test", digest: "sha256:00", blocks: [24, 8, 8])

  static func shots(background: Int) throws -> Shots {
    var shots = try clusters(classes: 5, shots: 6, dimension: dimension)
    let strangers = try clusters(classes: 1, shots: max(background, 1), dimension: dimension, seed: 8)
    for row in 0..<background { try shots.appendBackground(strangers.embedding(row)) }
    return shots
  }

  static func trained(_ method: HeadMethod, background: Int) throws -> Head {
    try Head.train(HeadRecipe(method), shots: try shots(background: background), backbone: blocks)
  }

  static func withPrior() throws -> Head {
    let pictures = try clusters(classes: 30, shots: 4, dimension: dimension, seed: 4)
    let prior = try MetricPrior.learn(
      pictures.embeddings, dimension: dimension, backbone: blocks, classifier: try classifier())
    return try Head.train(
      HeadRecipe(.ridge), shots: try shots(background: 0), backbone: blocks,
      support: TrainingSupport(prior: prior))
  }

  static func classifier() throws -> Head {
    let weights = SeededNumbers(seed: 3).prefix(120 * 24)
    return Head(
      classes: (0..<120).map { "source \($0)" }, dimension: dimension, backbone: blocks,
      treatment: EmbeddingTreatment(blocks: [.init(range: 0..<24)], isNormalised: false),
      scorer: .linear(
        LinearClassifier(
          weights: .int8(weights.map { Int8($0 * 100) }, scales: Array(repeating: 0.02, count: 120)),
          bias: Array(repeating: 0.1, count: 120)), gain: 1), prototypes: nil)
  }

  /// Ordinary ones, and in between such as must leave nothing behind.
  static func embeddings() throws -> [[Float]] {
    let ordinary = try clusters(classes: 5, shots: 3, dimension: dimension, spread: 0.8, seed: 2)
    var result = (0..<ordinary.count).map { Array(ordinary.embedding($0)) }
    let zero = [Float](repeating: 0, count: dimension)
    result.insert(zero, at: 3)
    result.insert(zero.map { _ in .nan }, at: 5)
    result.insert(zero.enumerated().map { $0.offset == 30 ? .infinity : 1 }, at: 7)
    result.insert(zero.enumerated().map { $0.offset < 24 ? 0 : 1 }, at: 9)
    result.insert(zero.map { _ in 3e19 }, at: 11)
    return result
  }
}

/// Numbers in −1…1.
private struct SeededNumbers: Sequence, IteratorProtocol {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func next() -> Float? { Float.random(in: -1...1, using: &generator) }
}

@Suite struct DeciderTests {
  private func expectSame(_ head: Head, _ embeddings: [[Float]]) {
    let alone = embeddings.map { head.decide($0) }
    #expect(head.decide(rows: embeddings.flatMap { $0 }) == alone)
    let (decider, first) = (Decider(head), Decider(head, top: 2))
    #expect(decider.decision == nil)
    for place in Array(embeddings.indices) + embeddings.indices.reversed() {
      decider.decide(embeddings[place])
      first.decide(embeddings[place])
      #expect(decider.decision == alone[place])
      #expect(first.decision?.ranked == Array(alone[place].ranked.prefix(2)))
      #expect(first.decision?.openSetScore == alone[place].openSetScore)
    }
  }

  @Test(arguments: methods + [.mlp, .auto], [0, 4])
  func decidesTheSameHoweverOften(method: HeadMethod, background: Int) throws {
    expectSame(try Heads.trained(method, background: background), try Heads.embeddings())
  }

  @Test func aLearnedMetricLeavesNothingBehind() throws {
    expectSame(try Heads.withPrior(), try Heads.embeddings())
  }

  @Test func aNetworksOwnClassifierDecidesTheSame() throws {
    expectSame(try Heads.classifier(), try Heads.embeddings())
  }

  @Test func whoKeepsADecisionKeepsIt() throws {
    let embeddings = try Heads.embeddings()
    let decider = Decider(try Heads.trained(.logistic, background: 0))
    decider.decide(embeddings[0])
    let kept = try #require(decider.decision)
    decider.decide(embeddings[14])
    #expect(kept == decider.head.decide(embeddings[0]) && kept != decider.decision)
  }
}

@Suite struct RankingTests {
  @Test(arguments: [0, 1, 2, 3, 7, 8, 9, 100, 1000])
  func theGreatestComeFirstAndOfEqualsTheFirst(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    var ranking = Ranking(count: count)
    for round in 0..<20 {
      let scores = (0..<count).map { _ in
        Float(Int.random(in: 0..<max(count / (1 + round % 3), 1), using: &generator))
      }
      let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
      let wanted = round % 2 == 0 ? count : min(count, round)
      ranking.rank(Matrix(rows: 1, columns: count, dense: scores), row: 0, first: wanted)
      #expect((0..<wanted).map { ranking[$0] } == Array(order.prefix(wanted)))
    }
  }
}

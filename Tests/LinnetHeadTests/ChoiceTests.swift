import LinnetAlgebra
import LinnetHead
import Testing

@Suite struct ChoiceTests {
  private let auto = HeadRecipe(.auto)

  /// A vector of an embedding of eight numbers that tells the classes apart, and of twelve taps of noise.
  private let layered = BackboneIdentity(
    name: "layered", digest: "sha256:00", blocks: [8] + [Int](repeating: 64, count: 24))

  private func noisyShots(_ count: Int, classes: Int = 3, seed: UInt64 = 3) throws(HeadError) -> Shots {
    var random = SplitMix(seed: seed)
    func number() -> Float { Float(random.below(65536)) / 65536 }
    var shots = Shots(dimension: 8 + 24 * 64)
    for place in 0..<classes {
      for _ in 0..<count {
        let embedding = (0..<8).map { ($0 == place ? 0.6 : 0) + number() }
        let noise = (0..<1536).map { _ in
          let x = number() * number()
          return 10 * x * x * x
        }
        try shots.append(embedding + noise, label: "class \(place)")
      }
    }
    return shots
  }

  @Test func withNothingToHoldOutTheUsualWayIsTaken() throws {
    let shots = try clusters(classes: 4, shots: 1, dimension: 16)
    let choice = try #require(try Head.train(auto, shots: shots, backbone: backbone).choice)
    #expect(choice.reason == .tooFewShots && choice.chosen == 0)
    #expect(choice.candidates.count == 1 && choice.candidates[0].accuracy == nil)
  }

  @Test func wherePartsOfTheVectorAreNoiseTheEmbeddingAloneIsClearlyBetter() throws {
    let head = try Head.train(auto, shots: try noisyShots(30), backbone: layered)
    let choice = try #require(head.choice)
    #expect(choice.reason == .clearlyBetter)
    #expect(choice.candidates[choice.chosen].name.hasSuffix("embedding"))
    let (usual, chosen) = (choice.candidates[0], choice.candidates[choice.chosen])
    #expect(try #require(chosen.likelihood) > #require(usual.likelihood))
    #expect(head.treatment == .l2(8) && head.method == .auto)
  }

  @Test func everyWayThatIsComparedIsAStep() throws {
    var steps: [Int] = []
    var totals: Set<Int> = []
    let head = try Head.train(auto, shots: try noisyShots(6), backbone: layered) {
      steps.append($0)
      totals.insert($1)
    }
    let count = try #require(head.choice).candidates.count
    #expect(steps == Array(1...count) && totals == [count + 1])
    #expect(try head.serialised() == Head.train(auto, shots: noisyShots(6), backbone: layered).serialised())
  }

  @Test func whereAllDoWellTheUsualWayStays() throws {
    let shots = try clusters(classes: 3, shots: 8, dimension: 32, spread: 0.1)
    let choice = try #require(try Head.train(auto, shots: shots, backbone: backbone).choice)
    #expect(choice.reason == .noneClearlyBetter && choice.chosen == 0 && !choice.isByGroup)
    #expect(choice.candidates.allSatisfy { $0.accuracy == 1 })
  }

  /// By default scores are moved where classes are unequal and each has shots that can be held out, and weights balance elsewhere.
  @Test(arguments: [([24, 24, 3], true), ([24, 24, 1], false), ([6, 6, 6], false)])
  func unequalClassesAreBalancedByOffsets(counts: [Int], moves: Bool) throws {
    let all = try clusters(classes: 3, shots: 24, dimension: 24, spread: 0.9, seed: 4)
    var shots = try Shots(dimension: 24, classes: all.classes)
    var weighted = shots
    for row in 0..<all.count where row % 24 < counts[all.classOf[row]] {
      try shots.append(all.embedding(row), class: all.classOf[row])
      try weighted.append(all.embedding(row), class: all.classOf[row], weight: row == 0 ? 2 : 1)
    }
    func bytes(_ balance: ClassBalance?, _ shots: Shots) throws -> [Float] {
      var recipe = auto
      if let balance { recipe.balance = balance }
      return try Head.train(recipe, shots: shots, backbone: backbone).scores(of: all.embeddings)
    }
    #expect(try bytes(nil, shots) == bytes(.offsets, shots))
    #expect(try (bytes(nil, shots) != bytes(.weights, shots)) == moves)
    #expect(
      try bytes(nil, weighted) == bytes(.weights, weighted), "how many shots there are says little there")
  }

  @Test func shotsOfAGroupAreHeldOutTogether() throws {
    // Every picture stands there four times: held out by itself it is recognised by its copies.
    let few = try clusters(classes: 3, shots: 3, dimension: 24, spread: 3)
    var apart = try Shots(dimension: 24, classes: few.classes)
    var together = apart
    for row in 0..<few.count {
      for _ in 0..<4 {
        try apart.append(few.embedding(row), class: few.classOf[row])
        try together.append(few.embedding(row), class: few.classOf[row], group: "picture \(row)")
      }
    }
    let alone = try #require(try Head.train(auto, shots: apart, backbone: backbone).choice)
    let grouped = try #require(try Head.train(auto, shots: together, backbone: backbone).choice)
    #expect(!alone.isByGroup && grouped.isByGroup)
    #expect(try #require(alone.candidates[0].accuracy) == 1)
    #expect(try #require(grouped.candidates[0].accuracy) < 1)
  }

  @Test func theOrderOfShotsDoesNotMatter() throws {
    let shots = try noisyShots(6)
    var turned = try Shots(dimension: shots.dimension, classes: shots.classes)
    for row in (0..<shots.count).reversed() {
      try turned.append(shots.embedding(row), class: shots.classOf[row])
    }
    let (a, b) = (
      try Head.train(auto, shots: shots, backbone: layered).choice,
      try Head.train(auto, shots: turned, backbone: layered).choice
    )
    #expect(a?.chosen == b?.chosen && a?.reason == b?.reason)
  }

  @Test func theChoiceComesBackFromAFile() throws {
    let head = try Head.train(auto, shots: try noisyShots(5), backbone: layered)
    let read = try Head(bytes: try head.serialised())
    #expect(read.choice == head.choice && read.choice != nil && read.method == .auto)
    let query = [Float](repeating: 0.5, count: head.dimension)
    #expect(read.decide(query) == head.decide(query))
  }

  @Test func whatIsGivenIsTheOnlyTreatmentTried() throws {
    var recipe = auto
    recipe.treatment = .squareRoot(8)
    let head = try Head.train(recipe, shots: try noisyShots(5), backbone: layered)
    #expect(head.treatment == .squareRoot(8))
  }
}

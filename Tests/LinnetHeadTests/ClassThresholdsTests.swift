import Testing

@testable import LinnetHead

@Suite struct ClassThresholdsTests {
  /// Six classes, the last with pictures five times as different from each other.
  private func world(_ count: Int, seed: UInt64) throws -> Shots {
    var centres = SeededGenerator(seed: 7)
    var generator = SeededGenerator(seed: seed)
    var shots = Shots(dimension: 32)
    for place in 0..<6 {
      let centre = (0..<32).map { _ in Float.random(in: 0...1, using: &centres) }
      let spread: Float = place == 5 ? 0.8 : 0.15
      for _ in 0..<count {
        try shots.append(
          centre.map { max(0, $0 + spread * Float.random(in: -1...1, using: &generator)) },
          label: "class \(place)")
      }
    }
    return shots
  }

  private func head(_ method: HeadMethod, _ scope: ThresholdScope, shots: Int = 20) throws -> Head {
    var recipe = HeadRecipe(method)
    recipe.thresholds = scope
    return try Head.train(recipe, shots: try world(shots, seed: 1), backbone: backbone)
  }

  @Test(arguments: [HeadMethod.prototype, .logistic, .ridge, .lda, .auto])
  func aClassOfGreatSpreadIsRefusedLess(method: HeadMethod) throws {
    let (common, own) = (try head(method, .common), try head(method, .ofEachClass))
    #expect(common.thresholdOffsets == nil && own.unknownThreshold == common.unknownThreshold)
    let offsets = try #require(own.thresholdOffsets)
    #expect(offsets.count == 6 && offsets[5] == offsets.min() && offsets[5] < 0, "\(offsets)")
    #expect(own.threshold(of: 5) == common.unknownThreshold.map { $0 + offsets[5] })
    let queries = try world(60, seed: 2)
    func refused(_ head: Head) -> [Int] {
      (0..<6).map { place in
        (place * 60..<(place + 1) * 60).count { head.decide(queries.embedding($0)).isUnknown }
      }
    }
    let (before, after) = (refused(common), refused(own))
    #expect(before[5] > 0 && after[5] <= before[5], "\(before) \(after)")
    for row in 0..<queries.count {
      let decision = own.decide(queries.embedding(row))
      let threshold = try #require(own.threshold(of: decision.ranked[0].index))
      #expect(decision.isUnknown == (decision.openSetScore < threshold))
      #expect(own.decide(queries.embedding(row), top: 0).isUnknown == decision.isUnknown)
    }
  }

  @Test func theyAreMeanAndDeviationShrunk() {
    // All: mean 2, variance 2; the second class: mean 0.5, variance 0.25. A quarter may be refused: four count as well.
    let scores: [Float] = [2, 4, 3, 3, 0, 1, 0, 1, 4, 2]
    let classOf = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    let offsets = ClassThresholds.offsets(scores, classOf: classOf, classCount: 4, refusedShare: 0.25)
    let (mean, variance) = (2.0, 2.0)
    let quantile = Double(Calibration.quantile(scores.sorted(), 0.25)) - mean
    func expected(_ count: Double, _ own: Double, _ spread: Double) -> Double {
      let total = count + 4
      let deviation = ((count * spread + 4 * variance) / total / variance).squareRoot()
      return count * (own - mean) / total + quantile * (deviation - 1)
    }
    for (ours, wanted) in zip(offsets, [expected(4, 3, 0.5), expected(4, 0.5, 0.25), expected(2, 3, 1), 0]) {
      #expect(abs(Double(ours) - wanted) < 1e-5, "\(offsets)")
    }
    #expect(ClassThresholds.offsets([1, 1], classOf: [0, 1], classCount: 2, refusedShare: 0.05) == [0, 0])
  }

  @Test func theOrderOfShotsDoesNotMatter() throws {
    var recipe = HeadRecipe(.ridge)
    recipe.thresholds = .ofEachClass
    let shots = try world(6, seed: 3)
    var reversed = try Shots(dimension: 32, classes: shots.classes)
    for row in (0..<shots.count).reversed() {
      try reversed.append(shots.embedding(row), class: shots.classOf[row])
    }
    let bytes = try [shots, reversed].map {
      try Head.train(recipe, shots: $0, backbone: backbone).serialised()
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test(arguments: [HeadMethod.prototype, .logistic, .ridge]) func aFileKeepsThem(method: HeadMethod) throws {
    let head = try head(method, .ofEachClass, shots: 5)
    let again = try Head(bytes: try head.serialised())
    #expect(again.thresholdOffsets == head.thresholdOffsets && head.thresholdOffsets != nil)
    #expect(again.recipe?.thresholds == .ofEachClass)
    #expect(try again.serialised() == head.serialised())
    let queries = try world(5, seed: 4)
    for row in 0..<queries.count {
      #expect(again.decide(queries.embedding(row)) == head.decide(queries.embedding(row)))
    }
  }

  @Test(arguments: [[Float.nan, 0, 0, 0, 0, 0], [0, 0, .infinity, 0, 0, 0], [0, 0], []])
  func foreignOnesAreChecked(offsets: [Float]) throws {
    let head = try head(.ridge, .ofEachClass, shots: 3)
    let files = HeadFileTwoTests()
    try files.isRefused(
      try files.changed(head, float: ["threshold.offsets": offsets]), at: "threshold.offsets")
  }

  @Test func aScopeThatIsNoneIsRefused() throws {
    let head = try head(.ridge, .ofEachClass, shots: 3)
    for text in [#"{"thresholds":"each"}"#, #"{"thresholds":1}"#] {
      let files = HeadFileTwoTests()
      try files.isRefused(try files.changed(head, ["linnet.recipe": text]), at: "linnet.recipe")
    }
  }

  @Test func thereAreNoneWhereNothingIsUnknownOrHeldOut() throws {
    var recipe = HeadRecipe(.ridge)
    recipe.thresholds = .ofEachClass
    recipe.unknown.isNever = true
    let never = try Head.train(recipe, shots: try world(4, seed: 1), backbone: backbone)
    #expect(never.thresholdOffsets == nil && never.threshold(of: 0) == nil)
    recipe.unknown.isNever = false
    let single = try Head.train(recipe, shots: try world(1, seed: 1), backbone: backbone)
    #expect(single.thresholdOffsets == nil && single.threshold(of: 3) == single.unknownThreshold)
  }

  @Test func classesComeAndGoWithTheirs() throws {
    var head = try head(.prototype, .ofEachClass, shots: 4)
    let before = try #require(head.thresholdOffsets)
    let shot = (0..<32).map { Float($0) }
    try head.add(shot, label: "new")
    #expect(head.thresholdOffsets == before + [0] && head.decide(shot).ranked[0].label == "new")
    try head.remove(shot, label: "new")
    #expect(head.thresholdOffsets == before)
    let first = try world(4, seed: 1)
    for row in 0..<4 { try head.remove(first.embedding(row), label: "class 0") }
    #expect(head.thresholdOffsets == Array(before.dropFirst()))
  }

  @Test func learningOnKeepsThem() throws {
    let earlier = try head(.logistic, .ofEachClass, shots: 4)
    var new = Shots(dimension: 32)
    for row in 0..<3 { try new.append((0..<32).map { Float(($0 + row) % 5) }, label: "new") }
    let further = try Head.train(
      HeadRecipe(.logistic), shots: new, backbone: backbone, support: TrainingSupport(earlier: earlier))
    #expect(further.thresholdOffsets == earlier.thresholdOffsets.map { $0 + [0] })
  }
}

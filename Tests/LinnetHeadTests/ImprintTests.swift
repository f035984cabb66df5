import LinnetHead
import LinnetSafetensors
import Testing

@Suite struct ImprintTests {
  /// Rectified embeddings around a centre a class, all of which share much, as those of a network do.
  func objects(_ classes: Range<Int>, shots count: Int, seed: UInt64) throws -> Shots {
    let dimension = 64
    var shots = Shots(dimension: dimension)
    for place in classes {
      let centre = Reference.numbers(seed: 100 + place, count: dimension)
      var generator = SeededGenerator(seed: seed &+ UInt64(place))
      for _ in 0..<count {
        let shot = centre.map { max(0, 0.4 + $0 + 0.3 * Float.random(in: -1...1, using: &generator)) }
        try shots.append(shot, label: "object \(place)")
      }
    }
    return shots
  }

  /// The share of queries whose class, by name, a head names.
  func recall(_ head: Head, _ queries: Shots) -> Double {
    let answers = head.decide(rows: queries.embeddings, top: 1)
    let right = zip(answers, queries.classOf).filter { $0.ranked[0].label == queries.classes[$1] }
    return Double(right.count) / Double(queries.count)
  }

  @Test(arguments: [1, 5])
  func newClassesAreLearnedAndOldOnesNotForgotten(shots count: Int) throws {
    let base = try Head.train(.logistic, shots: try objects(0..<12, shots: 20, seed: 1), backbone: backbone)
    let (old, new) = (
      try objects(0..<12, shots: 20, seed: 1000), try objects(12..<15, shots: 20, seed: 2000)
    )
    let head = try Head.train(
      HeadRecipe(.imprint), shots: try objects(12..<15, shots: count, seed: 3000), backbone: backbone,
      support: .init(earlier: base))
    #expect(head.classes == (0..<15).map { "object \($0)" } && head.baseClassCount == 12)
    let before = recall(base, old)
    #expect(before > 0.95 && recall(head, old) > before - 0.05)
    #expect(recall(head, new) > 0.85)
    // What was there scores as it did.
    let scores = head.scores(of: old.embedding(3))
    #expect(Array(scores[..<12]) == base.scores(of: old.embedding(3)))
    let read = try Head(bytes: try head.serialised())
    #expect(try read.serialised() == head.serialised() && read.method == .imprint)
    #expect(
      read.base?.classes == base.classes
        && read.base?.scores(of: old.embeddings) == base.scores(of: old.embeddings))
  }

  @Test(arguments: [HeadMethod.ridge, .lda, .auto])
  func weightsAroundACentreTakeNoNewOnes(method: HeadMethod) throws {
    let base = try Head.train(method, shots: try objects(0..<3, shots: 4, seed: 1), backbone: backbone)
    #expect(throws: HeadError.self) {
      try Head.train(
        HeadRecipe(.imprint), shots: try objects(3..<4, shots: 2, seed: 2), backbone: backbone,
        support: .init(earlier: base))
    }
  }

  @Test func codesStayCodes() throws {
    var writer = SafetensorsWriter()
    writer.metadata = HeadFileTests.metadata
    writer.metadata["linnet.dimension"] = "4"
    try writer.add("weights", shape: [3, 4], [100, 0, 0, -100, 0, 127, 0, -9, -5, 6, 7, 8] as [Int8])
    try writer.add("weights.scale", shape: [3], [0.5, 0.25, 0.125] as [Float])
    try writer.add("bias", shape: [3], [1, 2, 3] as [Float])
    let base = try Head(bytes: writer.serialised())
    var shots = Shots(dimension: 4)
    try shots.append([0, 0, 5, 0], label: "new")
    let support = TrainingSupport(classifier: base)
    let head = try Head.train(HeadRecipe(.imprint), shots: shots, backbone: backbone, support: support)
    #expect(
      try tensor("weights", of: head, as: Int8.self).prefix(12)
        == tensor("weights", of: base, as: Int8.self)[...])
    #expect(head.decide([0, 0, 1, 0]).ranked[0].label == "new")
    #expect(head.temperature == base.temperature && head.unknownThreshold == base.unknownThreshold)
    #expect(try tensor("bias", of: head, as: Float.self) == [1, 2, 3, 2])
  }

  @Test func whatCannotBeImprintedIsATypedError() throws {
    let shots = try objects(0..<2, shots: 2, seed: 1)
    let recipe = HeadRecipe(.imprint)
    let missing = try #require(throws: HeadError.self) {
      try Head.train(recipe, shots: shots, backbone: backbone)
    }
    #expect(missing.description == "imprint needs a head to put the new classes beside")
    let base = try Head.train(.logistic, shots: shots, backbone: backbone)
    #expect(throws: HeadError.classExists("object 0")) {
      try Head.train(recipe, shots: shots, backbone: backbone, support: .init(earlier: base))
    }
    let prototypes = try Head.train(.prototype, shots: shots, backbone: backbone)
    #expect(throws: HeadError.self) {
      try Head.train(recipe, shots: shots, backbone: backbone, support: .init(earlier: prototypes))
    }
    var narrow = Shots(dimension: 3)
    try narrow.append([1, 2, 3], label: "x")
    #expect(throws: HeadError.wrongDimension(expected: 64, actual: 3)) {
      try Head.train(recipe, shots: narrow, backbone: backbone, support: .init(earlier: base))
    }
    let other = BackboneIdentity(name: "other", digest: "sha256:33")
    #expect(throws: HeadError.wrongBackbone(head: backbone, inUse: other)) {
      try Head.train(recipe, shots: shots, backbone: other, support: .init(earlier: base))
    }
  }
}

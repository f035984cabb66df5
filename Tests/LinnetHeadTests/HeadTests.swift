import LinnetHead
import Testing

@Suite struct HeadTests {
  @Test(arguments: methods)
  func equalShotsMakeEqualBytes(method: HeadMethod) throws {
    let shots = try clusters(classes: 5, shots: 4, dimension: 50)
    let first = try Head.train(method, shots: shots, backbone: backbone).serialised()
    #expect(try Head.train(method, shots: shots, backbone: backbone).serialised() == first)
  }

  @Test(arguments: methods)
  func aBatchDecidesAsOneByOne(method: HeadMethod) throws {
    let shots = try clusters(classes: 5, shots: 3, dimension: 37)
    let head = try Head.train(method, shots: shots, backbone: backbone)
    let single = (0..<shots.count).map { head.decide(shots.embedding($0)) }
    #expect(head.decide(rows: shots.embeddings) == single)
    #expect(
      head.decide(rows: shots.embeddings, top: 2)
        == single.map { decision in
          var decision = decision
          decision.ranked = Array(decision.ranked.prefix(2))
          return decision
        })
  }

  @Test(arguments: methods)
  func confidencesAreProbabilitiesInOrder(method: HeadMethod) throws {
    let shots = try clusters(classes: 6, shots: 3, dimension: 20, spread: 1)
    let head = try Head.train(method, shots: shots, backbone: backbone)
    for decision in head.decide(rows: shots.embeddings) {
      #expect(abs(decision.ranked.reduce(0) { $0 + $1.confidence } - 1) < 1e-5)
      #expect(zip(decision.ranked, decision.ranked.dropFirst()).allSatisfy { $0.confidence >= $1.confidence })
      #expect(Set(decision.ranked.map(\.index)) == Set(0..<6))
    }
  }

  @Test(arguments: methods)
  func whatIsLikeNothingIsUnknown(method: HeadMethod) throws {
    let shots = try clusters(classes: 3, shots: 5, dimension: 30, spread: 0.2)
    let head = try Head.train(method, shots: shots, backbone: backbone)
    let zero = [Float](repeating: 0, count: 30)
    #expect(head.decide(zero).isUnknown && head.decide(zero).label == nil)
    #expect(head.decide(shots.embedding(0)).label == "class 0")
    let broken = [Float.nan] + zero.dropFirst()
    #expect(head.decide(broken) == head.decide(zero))
    let huge = shots.embedding(7).map { $0 * 1e30 }
    #expect(head.decide(huge).label == "class 1")
    var never = head
    never.unknownThreshold = nil
    #expect(never.decide(zero).label != nil)
  }

  @Test(arguments: methods)
  func nothingToLearnFromIsAnError(method: HeadMethod) throws {
    #expect(throws: HeadError.noShots) {
      try Head.train(method, shots: Shots(dimension: 3), backbone: backbone)
    }
    var shots = try Shots(dimension: 3, classes: ["a", "b"])
    try shots.append([1, 2, 3], label: "a")
    #expect(throws: HeadError.emptyClass("b")) { try Head.train(method, shots: shots, backbone: backbone) }
    for _ in 0..<8191 { try shots.append([1, 2, 3], label: "b") }
    #expect(try Head.train(.prototype, shots: shots, backbone: backbone).counts == [1, 8191])
    try shots.append([1, 2, 3], label: "b")
    #expect(throws: HeadError.tooManyShots(label: "b", limit: 8191)) {
      try Head.train(method, shots: shots, backbone: backbone)
    }
  }

  @Test(arguments: methods)
  func shotsThatSayNothingStillMakeAHead(method: HeadMethod) throws {
    var shots = Shots(dimension: 3)
    for label in ["a", "b", "a", "b"] { try shots.append([0, 0, 0], label: label) }
    let head = try Head.train(method, shots: shots, backbone: backbone)
    let decision = head.decide([1, 2, 3])
    #expect(decision.ranked.allSatisfy { abs($0.confidence - 0.5) < 1e-6 })
  }

  @Test func aHeadOnAnotherBackboneIsAnErrorThatNamesBoth() throws {
    let shots = try clusters(classes: 2, shots: 1, dimension: 4)
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    try head.checkBackbone(BackboneIdentity(name: "renamed", digest: backbone.digest))
    let other = BackboneIdentity(name: "other", digest: "sha256:11")
    let error = try #require(throws: HeadError.self) { try head.checkBackbone(other) }
    #expect(error == .wrongBackbone(head: backbone, inUse: other))
    let wider = BackboneIdentity(
      name: backbone.name, digest: backbone.digest, blocks: [head.dimension, 1])
    let width = HeadError.wrongDimension(expected: head.dimension, actual: head.dimension + 1)
    #expect(throws: width) { try head.checkBackbone(wider) }
    for part in ["test", "sha256:00", "other", "sha256:11"] { #expect(error.description.contains(part)) }
  }
}

import LinnetHead
import Testing

@testable import LinnetDomain

@Suite struct AdaptationTests {
  @Test func anotherWorldIsSeenAndAdaptedTo() throws {
    let scene = try Scene(parts: [12, 12, 12, 12], move: 3)
    let adapter = try scene.adapter()
    let choice = try adapter.choose()
    #expect(choice.shift.isClear)
    #expect(scene.accuracy(choice.head) >= scene.accuracy(adapter.plain))
    #expect(scene.accuracy(try adapter.adapt(by: .balanced)) > 0.9)
  }

  @Test func theSameWorldIsLeftAlone() throws {
    let choice = try Scene(parts: [12, 12, 12, 12], move: 0).adapter().choose()
    #expect(choice.method == .none)
    #expect(!choice.shift.isClear)
    #expect(choice.changed == 0)
  }

  @Test func otherProportionsAreNoOtherWorld() throws {
    let choice = try Scene(parts: [24, 12, 4, 2], move: 0).adapter().choose()
    #expect(choice.method == .none)
  }

  @Test func framesEqualToTheShotsAreLeftAlone() throws {
    var scene = try Scene(parts: [1], move: 0)
    scene.frames = Frames(dimension: 40)
    for shot in 0..<scene.shots.count {
      try scene.frames.append(Array(scene.shots.embeddings[shot * 40..<(shot + 1) * 40]))
    }
    #expect(try scene.adapter().choose().method == .none)
  }

  @Test(arguments: DomainMethod.allCases)
  func everyMethodMakesAHeadThatRunsAlone(_ method: DomainMethod) throws {
    let scene = try Scene(parts: [12, 12, 12, 12], move: 1)
    let head = try scene.adapter().adapt(by: method)
    #expect(scene.accuracy(head) > 0.5)
    let file = try head.serialised()
    #expect(
      try head.decide(rows: scene.frames.embeddings)
        == Head(bytes: file).decide(rows: scene.frames.embeddings))
    #expect(try scene.adapter().adapt(by: method).serialised() == file)
  }

  @Test func aFewClassesAreFewLabels() throws {
    let scene = try Scene(parts: [24, 12, 6, 6], move: 2)
    let adapter = try scene.adapter()
    let head = try adapter.choose().head
    #expect(scene.accuracy(head) >= scene.accuracy(adapter.plain) - 0.01)
  }
}

@Suite struct WorldsTests {
  @Test func aFewShotsCountAsMuchAsMany() throws {
    var many = try Shots(dimension: 2, classes: ["a", "b"])
    for _ in 0..<6 { try many.append([0, 1], class: 0) }
    try many.append([1, 0], class: 1)
    var few = try Shots(dimension: 2, classes: ["c", "a"])
    try few.append([1, 1], class: 1)
    try few.append([1, 2], class: 1)
    try few.append([3, 3], class: 0)
    let both = try few.joined(to: many)
    #expect(both.classes == ["a", "b", "c"])
    #expect(both.weights == [1, 1, 1, 1, 1, 1, 1, 3, 3, 1])
    #expect(both.classOf == [0, 0, 0, 0, 0, 0, 1, 0, 0, 2])
    let most = try #require(try few.joined(to: many, share: 0.6).weights)
    #expect(abs(most[7] - 4.5) < 1e-5)
  }

  @Test func labelledFramesSaveAHeadFromAnotherWorld() throws {
    let scene = try Scene(parts: [12, 12, 12, 12], move: 3)
    var labelled = try Shots(dimension: 40, classes: scene.shots.classes)
    for frame in 0..<48 where frame % 12 == 0 {
      try labelled.append(scene.frames.embedding(of: frame), class: scene.truth[frame])
    }
    let adapter = try DomainAdapter(
      shots: scene.shots, frames: scene.frames, labelled: labelled, backbone: Scene.backbone)
    #expect(scene.accuracy(try scene.adapter().plain) < 0.7)
    #expect(scene.accuracy(adapter.plain) > 0.9)
    #expect(scene.accuracy(try adapter.choose().head) > 0.9)
  }

  @Test func labelledFramesHaveLabelsOfTheShots() throws {
    let scene = try Scene(parts: [12, 12, 12, 12], move: 3)
    var labelled = try Shots(dimension: 40, classes: ["class 0", "else"])
    for place in 0..<2 { try labelled.append(scene.frames.embedding(of: place), class: place) }
    #expect(throws: DomainError.withoutShots(label: "else")) {
      try DomainAdapter(
        shots: scene.shots, frames: scene.frames, labelled: labelled, backbone: Scene.backbone)
    }
  }

  @Test func manyFramesAreThinnedOut() throws {
    var frames = Frames(dimension: 1)
    for frame in 0..<10 { try frames.append([Float(frame)]) }
    #expect(frames.thinned(to: 4).embeddings == [0, 2, 5, 7])
    #expect(frames.thinned(to: 10).count == 10)
  }
}

@Suite struct BadFramesTests {
  func adapter(frames: [[Float]], classes: Int = 2) throws -> DomainAdapter {
    var shots = try Shots(dimension: 3, classes: (0..<classes).map { "class \($0)" })
    for label in 0..<classes { try shots.append([Float(label), 1, 2], class: label) }
    var unlabelled = Frames(dimension: 3)
    for frame in frames { try unlabelled.append(frame) }
    return try DomainAdapter(shots: shots, frames: unlabelled, backbone: Scene.backbone)
  }

  @Test func noFrames() { #expect(throws: DomainError.noFrames) { try adapter(frames: []) } }

  @Test func oneFrameChangesNothing() throws {
    let adapter = try adapter(frames: [[3, 1, 1]])
    #expect(try adapter.choose().method == .none)
    #expect(throws: DomainError.tooFewFrames(has: 1, needed: 8)) { try adapter.adapt(by: .moments) }
  }

  @Test func oneClass() {
    #expect(throws: DomainError.oneClass("class 0")) { try adapter(frames: [[1, 2, 3]], classes: 1) }
  }

  @Test func constantFrames() {
    #expect(throws: DomainError.constant(what: "frames")) {
      try adapter(frames: [[Float]](repeating: [1, 2, 3], count: 9))
    }
  }

  @Test func foreignFrames() {
    #expect(throws: DomainError.wrongDimension(expected: 3, actual: 2)) { try adapter(frames: [[1, 2]]) }
    #expect(throws: DomainError.notFinite(frame: 2)) { try adapter(frames: [[1, 2, 3], [1, .nan, 0]]) }
  }

  @Test func framesThatAreAllButConstant() throws {
    var frames = [[Float]](repeating: [0, 0, 0], count: 12)
    frames[3] = [0, 0, 1]
    let adapter = try adapter(frames: frames)
    for method in DomainMethod.allCases {
      let scores = try adapter.adapt(by: method).scores(of: frames.flatMap { $0 })
      let areFinite = scores.allSatisfy { $0.isFinite }
      #expect(areFinite, "\(method)")
    }
  }
}

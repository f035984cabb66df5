import Testing

@testable import LinnetHead

@Suite struct MergeTests {
  static let additive = HeadMethod.allCases.filter(\.isAdditive)

  /// A head of some of the shots, classes by name.
  func head(_ recipe: HeadRecipe, _ rows: [Int], of shots: Shots) throws -> Head {
    let names = Set(rows.map { shots.classes[shots.classOf[$0]] }).sorted()
    var some = try Shots(dimension: shots.dimension, classes: names)
    for row in rows {
      try some.append(
        shots.embedding(row), label: shots.classes[shots.classOf[row]], group: shots.groups[row],
        weight: shots.weights?[row] ?? 1)
    }
    return try Head.train(recipe, shots: some, backbone: backbone)
  }

  @Test(arguments: additive)
  func mergedIsTrainedTogetherInAnyOrder(method: HeadMethod) throws {
    let shots = try clusters(classes: 5, shots: 6, dimension: 40)
    let recipe = HeadRecipe(method)
    let together = try head(recipe, Array(0..<shots.count), of: shots).serialised()
    var generator = SeededGenerator(seed: 3)
    for boards in [2, 3, 4] {
      let order = (0..<shots.count).shuffled(using: &generator)
      // A board may know some of the classes only.
      let heads = try (0..<boards).map { board in
        try head(recipe, order.indices.filter { $0 % boards == board }.map { order[$0] }, of: shots)
      }
      #expect(try Head.merge(heads).serialised() == together)
      #expect(try Head.merge(heads.reversed()).serialised() == together)
      let pair = try Head.merge([heads[1], heads[0]])
      #expect(try Head.merge(Array(heads[2...]) + [pair]).serialised() == together)
      let read = try heads.map { try Head(bytes: $0.serialised()) }
      #expect(try Head.merge(read).serialised() == together)
    }
  }

  @Test(arguments: additive)
  func groupsWeightsAndTreatmentSurvive(method: HeadMethod) throws {
    let plain = try clusters(classes: 3, shots: 4, dimension: 16)
    var shots = try Shots(dimension: 16, classes: plain.classes)
    for row in 0..<plain.count {
      try shots.append(
        plain.embedding(row), class: plain.classOf[row], group: row % 3 == 0 ? nil : "group \(row % 2)",
        weight: row % 5 == 0 ? 0.5 : 1)
    }
    var recipe = HeadRecipe(method)
    recipe.treatment = .squareRoot(16)
    recipe.regularisation = 0.7
    recipe.neighbours = 3
    let together = try head(recipe, Array(0..<12), of: shots)
    let merged = try Head.merge([
      try head(recipe, Array(0..<7), of: shots), try head(recipe, Array(7..<12), of: shots),
    ])
    #expect(try merged.serialised() == together.serialised())
    #expect(merged.recipe == recipe && merged.kept?.shots.contains { $0.group == "group 1" } == true)
  }

  @Test func addingOneByOneAndMergingIsTraining() throws {
    let shots = try clusters(classes: 3, shots: 4, dimension: 20)
    let whole = try head(HeadRecipe(.prototype), Array(0..<12), of: shots)
    var grown = try head(HeadRecipe(.prototype), [4], of: shots)
    for row in [11, 0, 7, 3, 2, 9, 1, 5, 10, 8, 6] {
      try grown.add(shots.embedding(row), label: shots.classes[shots.classOf[row]])
    }
    #expect(try Head.merge([grown]).serialised() == whole.serialised())
    #expect(throws: HeadError.unknownShot(label: "class 0")) {
      try grown.remove([Float](repeating: 0.5, count: 20), label: "class 0")
    }
    #expect(try Head.merge([grown]).serialised() == whole.serialised())
  }

  @Test func headsOfFormatOneAddTheirSums() throws {
    let shots = try clusters(classes: 3, shots: 4, dimension: 20)
    let whole = try head(HeadRecipe(.prototype), Array(0..<12), of: shots)
    var parts = [
      try head(HeadRecipe(.prototype), Array(0..<5), of: shots),
      try head(HeadRecipe(.prototype), Array(5..<12), of: shots),
    ]
    parts[0].kept = nil
    let merged = try Head.merge(parts)
    #expect(try tensor("sums", of: merged, as: Int32.self) == tensor("sums", of: whole, as: Int32.self))
    #expect(merged.counts == [4, 4, 4] && merged.temperature == 1 && merged.unknownThreshold != nil)
  }

  @Test func whatDoesNotGoTogetherIsATypedError() throws {
    let shots = try clusters(classes: 2, shots: 2, dimension: 4)
    let ridge = try Head.train(.ridge, shots: shots, backbone: backbone)
    #expect(throws: HeadError.noShots) { try Head.merge([]) }
    var other = HeadRecipe(.ridge)
    other.regularisation = 1
    var mirrored = backbone
    mirrored.views = "flip"
    for stranger in [
      try Head.train(.ridge, shots: shots, backbone: mirrored),
      try Head.train(.logistic, shots: shots, backbone: backbone),
      try Head.train(.prototype, shots: shots, backbone: backbone),
      try Head.train(other, shots: shots, backbone: backbone),
    ] {
      let error = try #require(throws: HeadError.self) { try Head.merge([ridge, stranger]) }
      guard case .cannotMerge = error else {
        Issue.record("\(error)")
        continue
      }
    }
    let foreign = BackboneIdentity(name: "other", digest: "sha256:22")
    let elsewhere = try Head.train(.ridge, shots: shots, backbone: foreign)
    #expect(throws: HeadError.wrongBackbone(head: foreign, inUse: backbone)) {
      try Head.merge([ridge, elsewhere])
    }
    var many = Shots(dimension: 1)
    for _ in 0..<5000 { try many.append([1], label: "a") }
    let full = try Head.train(.prototype, shots: many, backbone: backbone)
    #expect(throws: HeadError.tooManyShots(label: "a", limit: 8191)) { try Head.merge([full, full]) }
  }
}

@Suite struct KeptShotsTests {
  @Test func codingWhatWasDecodedGivesTheSameCodes() throws {
    var generator = SeededGenerator(seed: 7)
    for exponent in stride(from: -149, through: 120, by: 7) {
      let scale = Float(sign: .plus, exponent: exponent, significand: 1)
      let numbers = (0..<19).map { _ in Float.random(in: -200...200, using: &generator) * scale }
      let shot = KeptShots.coded(numbers[...], class: 0)
      let decoded = KeptShots.decoded(shot)
      #expect(KeptShots.coded(decoded[...], class: 0) == shot)
      let greatest = numbers.map(abs).max()!
      for (a, b) in zip(numbers, decoded) {
        #expect(abs(a - b) <= max(greatest / 32000, .leastNonzeroMagnitude))
      }
    }
    for number in [Float.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0] {
      let shot = KeptShots.coded([number, 0], class: nil)
      #expect(KeptShots.coded(KeptShots.decoded(shot)[...], class: nil) == shot)
      #expect(shot.codes[0] != .min && KeptShots.exponents.contains(shot.exponent))
    }
  }

  @Test func backgroundIsKeptApart() throws {
    var shots = try clusters(classes: 2, shots: 3, dimension: 6)
    try shots.appendBackground([1, 0, 0, 0, 0, 2])
    let head = try Head(bytes: try Head.train(.lda, shots: shots, backbone: backbone).serialised())
    let again = try #require(head.kept).shots(classes: head.classes)
    #expect(again.backgroundCount == 1 && again.counts == [3, 3])
    #expect(again.background == [1, 0, 0, 0, 0, 2])
  }
}

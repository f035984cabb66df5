import LinnetAlgebra
import LinnetHead
import Testing

@Suite struct DescriptionTests {
  /// Classes whose embeddings are made of a part for each of their attributes, five of eight with pictures.
  private struct World {
    let descriptions: ClassDescriptions
    let seen: Shots
    let unseen: [String]
    /// Embeddings of the unseen classes, and of seen ones, each with its label.
    let queries: [(embedding: [Float], label: String)]

    init(seed: UInt64 = 3, missing: Bool = false) throws {
      var generator = SeededGenerator(seed: seed)
      let dimension = 24
      let parts = (0..<5).map { _ in (0..<dimension).map { _ in Float.random(in: 0...1, using: &generator) } }
      let rows: [[Float]] = [
        [1, 0, 0, 1, 0], [0, 1, 0, 1, 0], [0, 0, 1, 0, 1], [1, 1, 0, 0, 1], [0, 1, 1, 0, 0],
        [1, 0, 1, 1, 0], [1, 1, 0, 1, 1], [0, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 0, 0, 0, 1],
      ]
      var shots = Shots(dimension: dimension)
      var queries: [(embedding: [Float], label: String)] = []
      for (place, row) in rows.enumerated() {
        for number in 0..<8 {
          let embedding = (0..<dimension).map { column in
            row.indices.reduce(0) { $0 + row[$1] * parts[$1][column] }
              + 0.1 * Float.random(in: 0...1, using: &generator)
          }
          if place < 7, number < 6 {
            try shots.append(embedding, label: "class \(place)")
          } else {
            queries.append((embedding, "class \(place)"))
          }
        }
      }
      var values = rows.map { $0.map { Float?($0) } }
      if missing {
        values[0][1] = nil
        values[3][2] = nil
        values[8][3] = nil
      }
      descriptions = try ClassDescriptions(
        classes: rows.indices.map { "class \($0)" }, columns: ["a", "b", "c", "d", "e"], values: values)
      seen = shots
      unseen = ["class 7", "class 8", "class 9"]
      self.queries = queries
    }

    func right(_ head: Head, of isAsked: (String) -> Bool) -> Double {
      let asked = queries.filter { isAsked($0.label) }
      return Double(asked.count { head.decide($0.embedding).label == $0.label }) / Double(asked.count)
    }
  }

  @Test(arguments: DescriptionMethod.allCases)
  func classesAreRecognisedThatWereNeverSeen(method: DescriptionMethod) throws {
    let world = try World()
    let head = try Head.describe(
      world.unseen, by: world.descriptions, seen: world.seen, recipe: .init(method: method),
      backbone: backbone)
    #expect(head.classes == world.unseen)
    #expect(world.right(head) { world.unseen.contains($0) } > 0.9)
    #expect(try Head(bytes: head.serialised()).serialised() == head.serialised())
  }

  @Test(arguments: DescriptionMethod.allCases)
  func whatIsNotKnownIsNoHindrance(method: DescriptionMethod) throws {
    let world = try World(missing: true)
    let head = try Head.describe(
      world.unseen, by: world.descriptions, seen: world.seen, recipe: .init(method: method),
      backbone: backbone)
    #expect(world.right(head) { world.unseen.contains($0) } > 0.8)
  }

  @Test(arguments: DescriptionMethod.allCases)
  func seenAndUnseenAreToldApart(method: DescriptionMethod) throws {
    let world = try World()
    let head = try Head.describe(
      world.unseen, by: world.descriptions, seen: world.seen,
      recipe: .init(method: method, includesSeen: true), backbone: backbone)
    #expect(head.classes == world.seen.classes + world.unseen)
    #expect(world.right(head) { world.unseen.contains($0) } > 0.4)
    #expect(world.right(head) { !world.unseen.contains($0) } > 0.4)
  }

  @Test func theOrderOfShotsDoesNotMatter() throws {
    let world = try World()
    var turned = Shots(dimension: world.seen.dimension)
    for row in (0..<world.seen.count).reversed() {
      try turned.append(world.seen.embedding(row), label: world.seen.classes[world.seen.classOf[row]])
    }
    for method in DescriptionMethod.allCases {
      let recipe = DescriptionRecipe(method: method, includesSeen: true)
      let heads = try [world.seen, turned].map {
        try Head.describe(
          world.unseen, by: world.descriptions, seen: $0, recipe: recipe, backbone: backbone)
      }
      #expect(try heads[0].serialised() == heads[1].serialised())
    }
  }

  /// The same problem in NumPy, double precision: solve(K + tr K / n · I, …) written out.
  @Test(arguments: [
    (DescriptionMethod.bilinear, [Float](arrayLiteral: -0.025945, 0.024184, -0.133942, 0.033524)),
    (.attributes, [-0.258041, 0.176664, -0.894875, 0.319924]),
    (.forward, [-0.112233, 0.050496, -0.515162, 0.122191]),
    (.reverse, [-0.014959, 0.043891, -0.203599, -0.032912]),
  ])
  func scoresAreThoseOfNumPy(method: DescriptionMethod, expected: [Float]) throws {
    let (dimension, counts, columns) = (6, [3, 2, 4, 2, 3], 3)
    var numbers = Reference.numbers(seed: 7, count: 16 * dimension + 7 * columns)[...]
    func take(_ count: Int) -> [Float] {
      defer { numbers = numbers.dropFirst(count) }
      return Array(numbers.prefix(count))
    }
    let names = (0..<7).map { "class \($0)" }
    var shots = try Shots(dimension: dimension, classes: Array(names[..<5]))
    for (place, count) in counts.enumerated() {
      for _ in 0..<count { try shots.append(take(dimension), class: place) }
    }
    let queries = take(2 * dimension)
    let descriptions = try ClassDescriptions(
      classes: names, columns: ["a", "b", "c"], values: names.map { _ in take(columns).map { Float?($0) } })
    let head = try Head.describe(
      Array(names[5...]), by: descriptions, seen: shots, recipe: .init(method: method), backbone: backbone)
    for (score, wanted) in zip(head.scores(of: queries), expected) { #expect(abs(score - wanted) < 2e-5) }
  }

  @Test func onlyTheEmbeddingOfSeveralBlocksIsRead() throws {
    let world = try World()
    var longer = Shots(dimension: 27)
    for row in 0..<world.seen.count {
      let noise: [Float] = [Float(row % 5), 9, -Float(row)]
      try longer.append(
        world.seen.embedding(row) + noise, label: world.seen.classes[world.seen.classOf[row]])
    }
    let blocks = BackboneIdentity(name: "test", digest: "sha256:00", blocks: [24, 3])
    let head = try Head.describe(world.unseen, by: world.descriptions, seen: longer, backbone: blocks)
    let plain = try Head.describe(world.unseen, by: world.descriptions, seen: world.seen, backbone: backbone)
    let query = world.queries[0].embedding
    #expect(head.scores(of: query + [1, 2, 3]) == plain.scores(of: query))
  }

  @Test func badDescriptionsAreSaid() throws {
    let world = try World()
    func describe(_ unseen: [String], _ table: ClassDescriptions, _ seen: Shots) -> HeadError? {
      do throws(HeadError) {
        _ = try Head.describe(unseen, by: table, seen: seen, backbone: backbone)
        return nil
      } catch {
        return error
      }
    }
    #expect(describe([], world.descriptions, world.seen) == .description(.nothingUnseen))
    #expect(
      describe(["nobody"], world.descriptions, world.seen) == .description(.notDescribed(label: "nobody")))
    #expect(
      describe(["class 0"], world.descriptions, world.seen)
        == .description(.seenAndUnseen(label: "class 0")))
    #expect(
      describe(["class 7", "class 7"], world.descriptions, world.seen) == .duplicateLabel("class 7"))
    let none = Shots(dimension: 24)
    #expect(describe(["class 7"], world.descriptions, none) == .description(.tooFewSeen(count: 0)))
    let same = try ClassDescriptions(
      classes: world.descriptions.classes, columns: ["a", "b"],
      values: world.descriptions.classes.map { $0 == "class 7" ? [5, 5] : [1, nil] })
    #expect(describe(["class 7"], same, world.seen) == .description(.constant))
    #expect(try same.constantColumns(among: ["class 0", "class 1"]) == ["a", "b"])
    #expect(try same.twins(among: ["class 0", "class 7", "class 1"]).map(\.1) == ["class 1"])
  }

  @Test func rowsOfOtherLengthsAndNamesThatRepeatAreRefused() {
    #expect(throws: HeadError.duplicateLabel("a")) {
      try ClassDescriptions(classes: ["a", "a"], columns: ["x"], values: [[1], [2]])
    }
    #expect(throws: HeadError.description(.length(label: "b", has: 2, expected: 1))) {
      try ClassDescriptions(classes: ["a", "b"], columns: ["x"], values: [[1], [2, 3]])
    }
    #expect(throws: HeadError.description(.badWidth(columns: 0))) {
      try ClassDescriptions(classes: ["a"], columns: [], values: [[]])
    }
    #expect(throws: HeadError.notFinite(label: "a")) {
      try ClassDescriptions(classes: ["a"], columns: ["x"], values: [[.infinity]])
    }
  }

  @Test func numbersBeyondMeasureDoNoHarm() throws {
    let world = try World()
    let huge = try ClassDescriptions(
      classes: world.descriptions.classes, columns: ["a", "b", "c", "d", "e"],
      values: world.descriptions.values.enumerated().map { place, row in
        place == 7 ? [3e38, -3e38, nil, 1, 0] : row.map { $0.map { $0 * 1e30 } }
      })
    for method in DescriptionMethod.allCases {
      let head = try Head.describe(
        world.unseen, by: huge, seen: world.seen, recipe: .init(method: method), backbone: backbone)
      #expect(head.scores(of: world.queries[0].embedding).allSatisfy { $0.isFinite })
      #expect(head.temperature > 0 && head.temperature.isFinite)
    }
  }
}

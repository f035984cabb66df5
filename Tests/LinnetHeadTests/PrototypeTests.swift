import CLinux
import LinnetAlgebra
import LinnetHead
import Testing

@Suite struct PrototypeTests {
  func cosine(_ a: [Float], _ b: [Float]) -> Double {
    let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let (aa, bb) = (
      a.reduce(0.0) { $0 + Double($1) * Double($1) }, b.reduce(0.0) { $0 + Double($1) * Double($1) }
    )
    return dot / (aa * bb).squareRoot()
  }

  /// The sum of a class's normalised shots.
  func sum(_ shots: Shots, _ place: Int) -> [Float] {
    var sum = [Float](repeating: 0, count: shots.dimension)
    for row in 0..<shots.count where shots.classOf[row] == place {
      let shot = shots.embedding(row)
      let length = shot.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      for (column, number) in shot.enumerated() { sum[column] += Float(Double(number) / length) }
    }
    return sum
  }

  @Test func scoresAreCosinesToTheClassMean() throws {
    let shots = try clusters(classes: 3, shots: 4, dimension: 21)
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    let query = Reference.numbers(seed: 9, count: 21)
    for (place, score) in head.scores(of: query).enumerated() {
      #expect(abs(Double(score) - 20 * cosine(query, sum(shots, place))) < 1e-4)
    }
  }

  @Test func theThresholdRefusesOneInTwentyHeldOutShots() throws {
    let shots = try clusters(classes: 3, shots: 14, dimension: 20)
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    var scores: [Float] = []
    for row in 0..<shots.count {
      let rest = try Head.train(.prototype, shots: try without(row, shots), backbone: backbone)
      scores.append(rest.decide(shots.embedding(row)).openSetScore)
    }
    scores.sort()
    // 42 shots: the threshold lies between the third and the fourth, 0.05 of the way.
    let exact = scores[2] + 0.05 * (scores[3] - scores[2])
    #expect(abs(try #require(head.unknownThreshold) - exact) < 1e-4)
  }

  @Test func betweenClassesFarApartTheThresholdLiesHalfway() throws {
    var shots = Shots(dimension: 12)
    for (row, number) in Reference.numbers(seed: 4, count: 3 * 8).enumerated() {
      var shot = [Float](repeating: 0, count: 12)
      shot[row % 3] = 1
      shot[3 + row / 3] = 0.2 * number
      try shots.append(shot, label: "class \(row % 3)")
    }
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    var (known, foreign): ([Float], [Float]) = ([], [])
    for row in 0..<shots.count {
      let rest = try Head.train(.prototype, shots: try without(row, shots), backbone: backbone)
      known.append(rest.decide(shots.embedding(row)).openSetScore)
      var scores = rest.scores(of: shots.embedding(row))
      scores.remove(at: shots.classOf[row])
      let probability = Float(probabilities(scores).max() ?? 0)
      foreign.append((scores.max() ?? 0) / 20 + Head.probabilityShare * probability)
    }
    known.sort()
    foreign.sort(by: >)
    // 24 shots: 1.15 places from either end.
    let low = known[1] + 0.15 * (known[2] - known[1])
    let high = foreign[1] + 0.15 * (foreign[2] - foreign[1])
    #expect(high < low)
    #expect(abs(try #require(head.unknownThreshold) - (low + high) / 2) < 1e-4)
  }

  @Test func temperatureMakesHeldOutShotsLikeliest() throws {
    let shots = try clusters(classes: 3, shots: 8, dimension: 20, spread: 1)
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    func likelihood(_ temperature: Float) throws -> Double {
      let miss = 0.5 / Double(shots.count + 1)
      var sum = 0.0
      for row in 0..<shots.count {
        let rest = try Head.train(.prototype, shots: try without(row, shots), backbone: backbone)
        let p = probabilities(rest.scores(of: shots.embedding(row)).map { $0 / temperature })
        for place in p.indices { sum += log(p[place]) * (place == shots.classOf[row] ? 1 - miss : miss / 2) }
      }
      return sum
    }
    let best = try likelihood(head.temperature)
    #expect(try likelihood(head.temperature * 1.05) < best)
    #expect(try likelihood(head.temperature / 1.05) < best)
  }

  @Test func oneShotEachHasAThresholdFromTheClassesThemselves() throws {
    var shots = Shots(dimension: 3)
    try shots.append([1, 0, 0], label: "a")
    try shots.append([0.6, 0.8, 0], label: "b")
    try shots.append([0, 0, 2], label: "c")
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    // Nearest others: 0.6, 0.6, 0.
    #expect(abs(try #require(head.unknownThreshold) - 0.4) < 1e-5)
    #expect(head.temperature == 1)
  }

  @Test func orderOfShotsDoesNotMatter() throws {
    let shots = try clusters(classes: 4, shots: 9, dimension: 33)
    let bytes = try Head.train(.prototype, shots: shots, backbone: backbone).serialised()
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<5 {
      var shuffled = try Shots(dimension: 33, classes: shots.classes)
      for row in (0..<shots.count).shuffled(using: &generator) {
        try shuffled.append(shots.embedding(row), class: shots.classOf[row])
      }
      #expect(try Head.train(.prototype, shots: shuffled, backbone: backbone).serialised() == bytes)
    }
  }

  @Test func addingOneByOneMakesTheSameSums() throws {
    let shots = try clusters(classes: 4, shots: 5, dimension: 33)
    let whole = try Head.train(.prototype, shots: shots, backbone: backbone)
    var first = Shots(dimension: 33)
    try first.append(shots.embedding(0), label: shots.classes[0])
    var head = try Head.train(.prototype, shots: first, backbone: backbone)
    for row in 1..<shots.count {
      try head.add(shots.embedding(row), label: shots.classes[shots.classOf[row]])
    }
    #expect(try tensor("sums", of: head, as: Int32.self) == tensor("sums", of: whole, as: Int32.self))
    #expect(head.counts == whole.counts && head.classes == whole.classes)
    #expect(head.scores(of: shots.embeddings) == whole.scores(of: shots.embeddings))
  }

  @Test func takingAwayUndoesAdding() throws {
    let shots = try clusters(classes: 3, shots: 2, dimension: 10)
    let before = try Head.train(.prototype, shots: shots, backbone: backbone)
    var head = before
    let shot = Reference.numbers(seed: 3, count: 10)
    try head.add(shot, label: "class 1")
    try head.add(shot, label: "new")
    #expect(head.classes.last == "new" && head.counts == [2, 3, 2, 1])
    #expect(head.decide(shot).label == "new")
    try head.remove(shot, label: "new")
    try head.remove(shot, label: "class 1")
    #expect(try head.serialised() == before.serialised())
  }

  @Test func wrongChangesAreTypedErrorsThatChangeNothing() throws {
    let shots = try clusters(classes: 2, shots: 2, dimension: 4)
    var head = try Head.train(.prototype, shots: shots, backbone: backbone)
    let bytes = try head.serialised()
    #expect(throws: HeadError.wrongDimension(expected: 4, actual: 1)) { try head.add([1], label: "a") }
    #expect(throws: HeadError.notFinite(label: "a")) { try head.add([1, 2, 3, .nan], label: "a") }
    #expect(throws: HeadError.invalidLabel("")) { try head.add([1, 2, 3, 4], label: "") }
    #expect(throws: HeadError.unknownLabel("a")) { try head.remove([1, 2, 3, 4], label: "a") }
    #expect(try head.serialised() == bytes)
    var logistic = try Head.train(.logistic, shots: shots, backbone: backbone)
    #expect(throws: HeadError.notIncremental(method: "logistic")) {
      try logistic.add([1, 2, 3, 4], label: "a")
    }
  }

  @Test func twoThousandClassesWork() throws {
    let shots = try clusters(classes: 2000, shots: 1, dimension: 24, spread: 0)
    let head = try Head.train(.prototype, shots: shots, backbone: backbone)
    let decisions = head.decide(rows: Array(shots.embeddings[..<(24 * 10)]), top: 3)
    #expect(decisions.enumerated().allSatisfy { $1.ranked.count == 3 && $1.ranked[0].index == $0 })
  }
}

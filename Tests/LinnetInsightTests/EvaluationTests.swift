import LinnetHead
import LinnetInsight
import LinnetPipeline
import Testing

@Suite struct EvaluationTests {
  private let identity = BackboneIdentity(name: "x", digest: "sha256:" + String(repeating: "0", count: 64))

  /// Three classes of eight pictures around a direction each, as far apart as `spread` lets them be.
  private func material(_ path: String, spread: Float) throws -> Evaluation.Material {
    for label in ["a", "b", "c"] { for number in 0..<8 { try write([1], "\(path)/\(label)/\(number).jpg") } }
    let folder = try PictureFolder(path)
    var state: UInt32 = 11
    func noise() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state)) / 2_147_483_648 * spread
    }
    let embeddings = folder.items.map { item in (0..<16).map { ($0 == item.label ? 1 : 0) + noise() } }
    let others = (0..<10).map { _ in (0..<16).map { ($0 == 9 ? 1 : 0) + noise() } }
    return Evaluation.Material(folder: folder, embeddings: embeddings, openSet: others)
  }

  @Test(arguments: [HeadMethod.prototype, .knn, .logistic, .ridge, .lda])
  func whatIsApartIsToldApart(method: HeadMethod) throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 0.05)
      let episodes = try Episode.deal(7, shots: 2, ways: nil, seed: 1, of: material.folder)
      let evaluation = try Evaluation(episodes, of: material, method: method, backbone: identity, threads: 1)
      #expect(evaluation.balancedAccuracy == MeanAndInterval([1]))
      #expect(evaluation.recall == [1, 1, 1])
      #expect(evaluation.confusion == [[42, 0, 0], [0, 42, 0], [0, 0, 42]])
      #expect(evaluation.auroc == 1)
      #expect(evaluation.falsePositiveRate95 == 0)
      #expect(evaluation.episodes == 7 && evaluation.shots == 2 && evaluation.ways == 3)
    }
  }

  private struct Figures: Equatable {
    var balancedAccuracy: MeanAndInterval
    var recall: [Double?]
    var confusion: [[Int]]
    var area: Double?
    var answers: [[Answer]]
  }

  @inline(never)
  private func figures(_ material: Evaluation.Material, threads: Int) throws -> Figures {
    let episodes = try Episode.deal(30, shots: 1, ways: 2, seed: 1, of: material.folder)
    let evaluation = try Evaluation(
      episodes, of: material, method: .logistic, backbone: identity, threads: threads)
    return Figures(
      balancedAccuracy: evaluation.balancedAccuracy, recall: evaluation.recall,
      confusion: evaluation.confusion,
      area: evaluation.auroc, answers: evaluation.outcomes.map(\.answers))
  }

  @Test func doesNotDependOnThreads() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 1.2)
      let one = try figures(material, threads: 1)
      #expect((0.4..<1).contains(one.balancedAccuracy.mean))
      #expect(one.confusion.joined().reduce(0, +) == one.answers.joined().count)
      for threads in [2, 5] {
        let many = try figures(material, threads: threads)
        #expect(many == one)
      }
    }
  }

  @Test func recallIsAlsoToldByTheNumberOfShots() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 0.05)
      // Four shots of the first class, two of the second, one of the third; then the other way round.
      let episodes = [[0, 1, 2, 3, 8, 9, 16], [0, 8, 9, 16, 17, 18, 19]].map {
        Episode(shots: $0, of: material.folder)
      }
      let evaluation = try Evaluation(
        episodes, of: material, method: .prototype, backbone: identity, threads: 1)
      #expect(evaluation.recallByShots.map(\.shots) == [1, 2, 4])
      #expect(evaluation.recallByShots.allSatisfy { $0.recall == 1 })
      let even = try Evaluation(
        Array(try Episode.deal(2, shots: 2, ways: nil, seed: 1, of: material.folder)), of: material,
        method: .prototype, backbone: identity, threads: 1)
      #expect(even.recallByShots.isEmpty)
    }
  }

  @Test func classesWithoutAQueryDoNotCount() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 0.05)
      let all = material.folder.items.indices.filter { material.folder.items[$0].label == 0 }
      let episode = Episode(shots: all + [8], of: material.folder)
      let evaluation = try Evaluation(
        [episode], of: material, method: .prototype, backbone: identity, threads: 1)
      #expect(evaluation.recall == [nil, 1, nil])
      #expect(evaluation.balancedAccuracy.mean == 1)
      let nothing = Episode(shots: all, of: material.folder)
      #expect(throws: PipelineError.self) {
        try Evaluation([nothing], of: material, method: .prototype, backbone: identity, threads: 1)
      }
    }
  }

  @Test func everyAnswerIsKept() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 1)
      let episodes = try Episode.deal(6, shots: 2, ways: nil, seed: 1, of: material.folder)
      let evaluation = try Evaluation(
        episodes, of: material, method: .prototype, backbone: identity, threads: 2)
      #expect(evaluation.outcomes.map { $0.answers.map { Int($0.picture) } } == episodes.map(\.queries))
      for (episode, outcome) in zip(episodes, evaluation.outcomes) {
        var shots = try Shots(dimension: 16, classes: material.folder.classes)
        for place in episode.shots {
          try shots.append(material.embeddings[place], class: material.folder.items[place].label)
        }
        let head = try Head.train(.prototype, shots: shots, backbone: identity)
        #expect(outcome.threshold == head.unknownThreshold && outcome.unknownScores.count == 10)
        for answer in outcome.answers {
          let decision = head.decide(material.embeddings[Int(answer.picture)])
          #expect(Int(answer.truth) == material.folder.items[Int(answer.picture)].label)
          #expect(Int(answer.answer) == decision.ranked[0].index)
          #expect(answer.confidence == decision.ranked[0].confidence)
          #expect(
            answer.truthConfidence == decision.ranked.first { $0.index == Int(answer.truth) }?.confidence)
          #expect(answer.openSetScore == decision.openSetScore && answer.isUnknown == decision.isUnknown)
        }
      }
      let all = evaluation.outcomes.flatMap(\.answers)
      let right = Double(all.count { $0.isRight }) / Double(all.count)
      #expect(abs(evaluation.accuracy.mean - right) < 1e-12, "as many queries in every episode")
      #expect(evaluation.refusedShare == Double(all.count { $0.isUnknown }) / Double(all.count))
      #expect((0...2).contains(evaluation.brier) && evaluation.brier > 0)
      #expect(evaluation.expectedErrorOfAnEpisode >= evaluation.reliability.expectedError - 1e-12)
      let openSet = try #require(evaluation.openSet)
      let accepted = evaluation.outcomes.reduce(0) { $0 + $1.acceptedUnknown }
      #expect(openSet.falseAcceptShare == Double(accepted) / 60)
      #expect(abs(openSet.curve.reduce(0, +) / 101 - openSet.area) < 0.06)
    }
  }

  @Test func aHeadThatIsThereIsAsked() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 0.8)
      var shots = try Shots(dimension: 16, classes: ["c", "z", "a", "b"])
      for (place, item) in material.folder.items.enumerated() {
        try shots.append(material.embeddings[place], label: material.folder.classes[item.label])
      }
      for place in 0..<4 { try shots.append((0..<16).map { $0 == 9 + place ? 1 : 0 }, label: "z") }
      let head = try Head.train(.prototype, shots: shots, backbone: identity)
      let evaluation = try Evaluation(
        [.queries(of: material.folder)], of: material, contender: Contender(head: head, name: "mine"),
        threads: 1)
      #expect(evaluation.contender == "mine" && evaluation.episodes == 1 && evaluation.shots == 0)
      #expect(
        evaluation.answers.starts(with: ["a", "b", "c"]) && evaluation.confusion.joined().reduce(0, +) == 24)
      #expect(evaluation.answers.count == (evaluation.confusion.contains { $0.count > 3 } ? 4 : 3))
      #expect(evaluation.balancedAccuracy.ci95 > 0 && evaluation.balancedAccuracy.mean > 0.6)
      let right = evaluation.outcomes[0].answers.filter(\.isRight).map { Int($0.picture) }
      for place in material.folder.items.indices {
        let label = head.decide(material.embeddings[place]).ranked[0].label
        let truth = material.folder.classes[material.folder.items[place].label]
        #expect(right.contains(place) == (label == truth))
      }
    }
  }

  @Test func comparisonsArePaired() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 1.1)
      let episodes = try Episode.deal(12, shots: 3, ways: nil, seed: 2, of: material.folder)
      func evaluation(_ method: HeadMethod) throws -> Evaluation {
        try Evaluation(episodes, of: material, method: method, backbone: identity, threads: 1)
      }
      let (before, after) = (try evaluation(.prototype), try evaluation(.logistic))
      let comparison = Comparison(before: before, after: after)
      #expect(comparison.test == .signFlip)
      let gain = after.balancedAccuracy.mean - before.balancedAccuracy.mean
      #expect(abs(comparison.difference.mean - gain) < 1e-12)
      let rights = [before, after].map { $0.outcomes.flatMap(\.answers).count { $0.isRight } }
      #expect(comparison.gained - comparison.lost == rights[1] - rights[0])
      #expect((0...1).contains(comparison.probability))
      let same = Comparison(before: before, after: before)
      #expect(same.gained == 0 && same.lost == 0 && same.probability == 1 && same.difference.mean == 0)
    }
  }

  @Test func moreShotsAreAPointEach() throws {
    try withTemporaryFolder { path in
      let material = try material(path, spread: 1)
      let contender = Contender(HeadRecipe(.prototype), backbone: identity)
      var done: [Int] = []
      let curve = try LearningCurve(
        [5, 1, 5], episodes: 8, ways: nil, seed: 1, of: material, contender: contender, threads: 2
      ) { done.append($0) }
      #expect(curve.points.map(\.shots) == [1, 5] && done == Array(1...16))
      let dealt = try Episode.deal(8, shots: 5, ways: nil, seed: 1, of: material.folder)
      let five = try Evaluation(dealt, of: material, contender: contender, threads: 1)
      #expect(curve.points[1].balancedAccuracy == five.balancedAccuracy)
      #expect(throws: PipelineError.self) {
        try LearningCurve(
          [1, 8], episodes: 1, ways: nil, seed: 1, of: material, contender: contender, threads: 1)
      }
    }
  }
}

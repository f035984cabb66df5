import CLinux
import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct ScoreOffsetsTests {
  /// So many shots of each class, and thirty queries of each.
  private func problem(_ counts: [Int], spread: Float = 0.9) throws -> (shots: Shots, queries: Shots) {
    let all = try clusters(classes: counts.count, shots: 60, dimension: 24, spread: spread, seed: 4)
    var shots = try Shots(dimension: 24, classes: all.classes)
    var queries = shots
    for row in 0..<all.count {
      let place = all.classOf[row]
      if row % 60 < counts[place] { try shots.append(all.embedding(row), class: place) }
      if row % 60 >= 30 { try queries.append(all.embedding(row), class: place) }
    }
    return (shots, queries)
  }

  private func recipe(_ method: HeadMethod, _ balance: ClassBalance) -> HeadRecipe {
    var recipe = HeadRecipe(method)
    recipe.balance = balance
    recipe.perceptron.hidden = 16
    recipe.perceptron.epochs = 60
    return recipe
  }

  private func recall(_ head: Head, _ queries: Shots, of wanted: Int) -> Double {
    let rows = (0..<queries.count).filter { queries.classOf[$0] == wanted }
    let right = rows.count { head.decide(queries.embedding($0)).ranked[0].index == wanted }
    return Double(right) / Double(rows.count)
  }

  @Test(arguments: [HeadMethod.logistic, .ridge, .lda, .mlp, .auto])
  func theRareClassIsAnsweredMoreOften(method: HeadMethod) throws {
    let (shots, queries) = try problem([24, 24, 3])
    let plain = try Head.train(recipe(method, .none), shots: shots, backbone: backbone)
    let head = try Head.train(recipe(method, .offsets), shots: shots, backbone: backbone)
    let recalls = (0..<3).map { (recall(plain, queries, of: $0), recall(head, queries, of: $0)) }
    #expect(recalls[2].1 > recalls[2].0, "\(recalls)")
    #expect(
      recalls.reduce(0) { $0 + $1.1 } >= recalls.reduce(0) { $0 + $1.0 } - 0.05,
      "not at the others' cost: \(recalls)")
  }

  @Test func shareAndTemperatureAreTheLikeliest() throws {
    let (shots, _) = try problem([20, 8, 3], spread: 1.2)
    let samples = Samples(shots, .l2(24))
    var recipe = recipe(.ridge, .none)
    recipe.regularisation = 0.3
    let fit = try Fit.fit(recipe, samples, prototypes: Prototypes(samples), support: .init())
    let offsets = ScoreOffsets(fit.heldOut, samples)
    let logarithms = shots.counts.map { log(Double($0)) }
    /// The mean over the classes of the mean log-probability of their held-out shots.
    func likelihood(share: Double, inverse: Double) -> Double {
      var total = 0.0
      for row in 0..<samples.count {
        let own = samples.classOf[row]
        let scores = fit.heldOut.elements(of: row).enumerated().map {
          Float(Double($1) * inverse - share * logarithms[$0])
        }
        total += log(probabilities(scores)[own]) / Double(shots.counts[own])
      }
      return total
    }
    let differences = zip(offsets.values, logarithms).map { (Double($0), $1) }
    let inverse =
      Double(offsets.share) * (differences[2].1 - differences[0].1)
      / (differences[0].0 - differences[2].0)
    let ours = likelihood(share: Double(offsets.share), inverse: inverse)
    for share in stride(from: 0.0, through: 2, by: 0.1) {
      for step in 0..<40 {
        let other = likelihood(share: share, inverse: 0.05 * exp(Double(step) * 0.15))
        #expect(other < ours + 1e-3, "\(share), \(step): \(other) beats \(ours)")
      }
    }
    #expect(0 < offsets.share && offsets.share < 2)
    #expect(abs(offsets.values.reduce(0, +)) < 1e-4 && offsets.values[2] > offsets.values[0])
  }

  /// A single shot cannot be held out, and of equal numbers nothing is small.
  @Test(arguments: [HeadMethod.logistic, .ridge, .knn, .prototype], [[9, 6, 1], [5, 5, 5]])
  func whereNothingTellsByHowMuchWeightsBalance(method: HeadMethod, counts: [Int]) throws {
    let (shots, queries) = try problem(counts)
    let heads = try [ClassBalance.offsets, .weights].map {
      try Head.train(recipe(method, $0), shots: shots, backbone: backbone)
    }
    #expect(heads[0].scores(of: queries.embeddings) == heads[1].scores(of: queries.embeddings))
    #expect(heads[0].unknownThreshold == heads[1].unknownThreshold)
  }

  @Test func aClassOfOneGroupCannotBeHeldOutEither() throws {
    let (plain, _) = try problem([9, 6, 3])
    func heads(_ group: (Int) -> String?) throws -> [[Float]] {
      var shots = try Shots(dimension: 24, classes: plain.classes)
      for row in 0..<plain.count {
        try shots.append(
          plain.embedding(row), class: plain.classOf[row],
          group: plain.classOf[row] == 2 ? group(row) : nil)
      }
      return try [ClassBalance.offsets, .weights].map {
        try Head.train(recipe(.ridge, $0), shots: shots, backbone: backbone).scores(of: plain.embeddings)
      }
    }
    let (one, several) = (try heads { _ in "same" }, try heads { "\($0 / 2)" })
    #expect(one[0] == one[1] && several[0] != several[1])
  }

  @Test func theOrderOfShotsDoesNotMatter() throws {
    let (shots, _) = try problem([12, 5, 2])
    var reversed = try Shots(dimension: 24, classes: shots.classes)
    for row in (0..<shots.count).reversed() {
      try reversed.append(shots.embedding(row), class: shots.classOf[row])
    }
    for method in [HeadMethod.ridge, .lda, .logistic] {
      let bytes = try [shots, reversed].map {
        try Head.train(recipe(method, .offsets), shots: $0, backbone: backbone).serialised()
      }
      #expect(bytes[0] == bytes[1], "\(method)")
    }
  }

  @Test func aFileKeepsThem() throws {
    let (shots, queries) = try problem([12, 5, 2])
    for method in [HeadMethod.logistic, .mlp, .ridge, .knn] {
      let head = try Head.train(recipe(method, .offsets), shots: shots, backbone: backbone)
      let again = try Head(bytes: try head.serialised())
      #expect(again.recipe?.balance == .offsets)
      #expect(again.scores(of: queries.embeddings) == head.scores(of: queries.embeddings), "\(method)")
    }
  }

  @Test func learningOnFromAHeadHasNothingToHoldOut() throws {
    let (shots, _) = try problem([12, 5, 2])
    let earlier = try Head.train(.logistic, shots: shots, backbone: backbone)
    let error = try #require(throws: HeadError.self) {
      try Head.train(
        recipe(.logistic, .offsets), shots: shots, backbone: backbone,
        support: TrainingSupport(earlier: earlier))
    }
    guard case .invalidRecipe = error else {
      Issue.record("\(error)")
      return
    }
  }
}

import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct ClassBalanceTests {
  private func expect(
    _ recipe: HeadRecipe, makes expected: [[Double]], within tolerance: Double = 5e-3
  ) throws {
    let (shots, queries) = try unequalProblem()
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    let scores = head.scores(of: queries)
    for (row, expected) in expected.enumerated() {
      let ours = probabilities(Array(scores[row * 3..<(row + 1) * 3]))
      for (a, b) in zip(ours, expected) {
        #expect(abs(a - b) < tolerance, "query \(row): \(ours) is not \(expected)")
      }
    }
  }

  @Test func unbalancedIsThatOfScikitLearn() throws {
    var recipe = HeadRecipe(.logistic)
    recipe.balance = .none
    try expect(recipe, makes: unbalancedProbabilities)
  }

  @Test func focalIsWhereSciPyFindsTheLeastLoss() throws {
    var recipe = HeadRecipe(.logistic)
    recipe.focal = 2
    try expect(recipe, makes: focalProbabilities)
  }

  @Test func focalFactorIsTheSlopeOfItsLoss() {
    for exponent in [Float(0), 0.5, 1, 2, 5] {
      for logProbability in [-0.01, -0.3, -2, -9] {
        // Of the loss by log p; that of the cross-entropy is −1.
        let step = 1e-2 * min(-logProbability, 1)
        let difference =
          Focal.loss(logProbability + step, exponent: exponent).loss
          - Focal.loss(logProbability - step, exponent: exponent).loss
        let factor = Double(Focal.loss(logProbability, exponent: exponent).factor)
        let numeric = -difference / (2 * step)
        #expect(abs(numeric - factor) < 0.01 * max(factor, 0.01), "\(exponent), \(logProbability)")
      }
    }
  }

  @Test func drawnClassesCountTheSame() throws {
    let (shots, _) = try unequalProblem()
    let samples = Samples(shots, .l2(shots.dimension))
    for (balance, total) in [(ClassBalance.oversample, 9), (.undersample, 1)] {
      let weights = try #require(samples.drawn(balance, seed: 5).weights)
      for place in 0..<3 {
        let sum = samples.classOf.indices.filter { samples.classOf[$0] == place }.map { weights[$0] }.reduce(
          0, +)
        #expect(abs(sum - Float(total)) < 1e-3)
      }
      #expect(weights.allSatisfy { $0 == Samples.leftOut || $0.rounded() == $0 && $0 >= 1 })
      #expect(weights != samples.drawn(balance, seed: 6).weights, "the seed draws")
    }
  }

  @Test func theLotFallsOnShotsNotOnPlaces() throws {
    let (shots, _) = try unequalProblem()
    let samples = Samples(shots, .l2(shots.dimension))
    let turned = samples.rows(samples.classOf.indices.reversed())
    for balance in [ClassBalance.oversample, .undersample] {
      let weights = try #require(samples.drawn(balance, seed: 5).weights)
      #expect(try #require(turned.drawn(balance, seed: 5).weights) == weights.reversed())
    }
  }

  /// Shots that were repeated by lot make the head that they make when they are really there twice.
  @Test func oversamplingIsRepetition() throws {
    var shots = Shots(dimension: 3)
    for row in [[1, 0, 0], [1, 0.2, 0], [1, 0, 0.3], [1, 0.1, 0.1]] as [[Float]] {
      try shots.append(row, label: "many")
    }
    try shots.append([0, 1, 0.2], label: "few")
    var recipe = HeadRecipe(.logistic)
    recipe.balance = .oversample
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    var repeated = shots
    for _ in 0..<3 { try repeated.append([0, 1, 0.2], label: "few") }
    // The sum of what shots count stays their number.
    recipe.balance = .none
    recipe.regularisation = 0.1 * 8 / 5
    let expected = try Head.train(recipe, shots: repeated, backbone: backbone)
    for (a, b) in zip(head.scores(of: shots.embeddings), expected.scores(of: shots.embeddings)) {
      #expect(abs(a - b) < 2e-3)
    }
  }

  @Test func balanceRaisesTheSmallClass() throws {
    let (shots, _) = try unequalProblem()
    func confidence(_ balance: ClassBalance, _ method: HeadMethod) throws -> Double {
      var recipe = HeadRecipe(method)
      recipe.balance = balance
      recipe.perceptron.hidden = 16
      let scores = try Head.train(recipe, shots: shots, backbone: backbone).scores(of: shots.embedding(13))
      return probabilities(scores)[2]
    }
    for method in [HeadMethod.logistic, .mlp] {
      let plain = try confidence(.none, method)
      #expect(try confidence(.weights, method) > plain, "\(method)")
      #expect(try confidence(.oversample, method) > plain, "\(method)")
    }
  }

  /// A head never sees what the lot leaves out.
  @Test(arguments: [HeadMethod.ridge, .lda, .logistic, .mlp, .knn])
  func undersamplingIsLearningFromTheRest(method: HeadMethod) throws {
    let (shots, queries) = try unequalProblem()
    let samples = Samples(shots, .l2(shots.dimension))
    var recipe = HeadRecipe(method)
    recipe.balance = .undersample
    recipe.seed = 5
    recipe.perceptron.hidden = 16
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    var rest = try Shots(dimension: shots.dimension, classes: shots.classes)
    for row in samples.drawn(.undersample, seed: 5).withoutLeftOut {
      try rest.append(shots.embedding(row), class: shots.classOf[row])
    }
    #expect(rest.count == 3)
    let expected = try Head.train(recipe, shots: rest, backbone: backbone)
    for (a, b) in zip(head.scores(of: queries), expected.scores(of: queries)) { #expect(abs(a - b) < 1e-4) }
  }

  /// One shot a class is left, and those that are left out deviate from it as they like.
  @Test(arguments: [HeadMethod.ridge, .lda, .logistic, .mlp, .knn, .auto])
  func undersamplingToASingleShot(method: HeadMethod) throws {
    var shots = Shots(dimension: 3)
    for row in [[1, 0, 0], [1, 0.2, 0], [1, 0, 0.3], [1, 0.1, 0.1]] as [[Float]] {
      try shots.append(row, label: "many")
    }
    try shots.append([0, 1, 0.2], label: "few")
    var recipe = HeadRecipe(method)
    recipe.balance = .undersample
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    #expect(head.temperature.isFinite && head.decide([0, 1, 0]).ranked[0].label == "few")
    #expect(head.decide([1, 0, 0]).ranked[0].label == "many")
  }
}

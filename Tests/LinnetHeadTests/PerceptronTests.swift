import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct PerceptronTests {
  /// The shots of ``descentProblem``, ten long with a last number of one, and the queries.
  private func samples() throws -> (Matrix, classOf: [Int], queries: Matrix) {
    let (shots, queries) = try unequalProblem()
    return (
      tenLong(shots.embeddings, shots.dimension), shots.classOf, tenLong(queries, shots.dimension)
    )
  }

  private func tenLong(_ rows: [Float], _ dimension: Int) -> Matrix {
    var matrix = EmbeddingTreatment.l2(dimension).matrix(of: rows, dimension: dimension)
    matrix.scale(10)
    return matrix.appendingOnes()
  }

  /// A start from the generator, as `make-descent-reference` has it.
  private func start(_ columns: Int, classCount: Int) -> PerceptronLayers {
    let width = perceptronProblem.hidden
    let numbers = Reference.numbers(
      seed: descentProblem.seed + 1, count: width * columns + classCount * (width + 1)
    ).map { $0 - 0.5 }
    return PerceptronLayers(
      hidden: Matrix(rows: width, columns: columns, dense: Array(numbers[..<(width * columns)])),
      output: Matrix(rows: classCount, columns: width + 1, dense: Array(numbers[(width * columns)...])))
  }

  @Test(arguments: [
    (Optimiser.adam, adamReference, adamProbabilities), (.sgd, sgdReference, sgdProbabilities),
  ])
  func stepsAreThoseOfScikitLearn(
    optimiser: Optimiser, reference: (rate: Float, loss: Double), expected: [[Double]]
  ) throws {
    let (samples, classOf, queries) = try samples()
    var recipe = PerceptronRecipe()
    recipe.dropout = 0
    recipe.decay = perceptronProblem.decay
    recipe.optimiser = optimiser
    recipe.rate = reference.rate
    recipe.batch = samples.rows
    var training = PerceptronTraining(
      start(samples.columns, classCount: descentProblem.counts.count), samples: samples,
      targets: Targets(classOf: classOf, strengths: classOf.map { _ in 1 }, focal: 0), recipe: recipe,
      random: SplitMix(seed: 1))
    var loss = 0.0
    for _ in 0..<perceptronProblem.steps { loss = training.epoch() }
    #expect(abs(loss - reference.loss) < 1e-4 * reference.loss, "\(loss) is not \(reference.loss)")
    let scores = training.layers.scores(queries)
    for (row, expected) in expected.enumerated() {
      for (a, b) in zip(probabilities(scores.elements(of: row)), expected) { #expect(abs(a - b) < 1e-3) }
    }
  }

  /// By differences of the loss, with dropout, unequal strengths and a focal exponent.
  @Test(arguments: [Float(0), 2])
  func slopesAreThoseOfTheLoss(focal: Float) throws {
    let (samples, classOf, _) = try samples()
    let layers = start(samples.columns, classCount: 3)
    let targets = Targets(
      classOf: classOf, strengths: classOf.indices.map { 0.1 + 0.05 * Float($0) }, focal: focal)
    var kept = Matrix(rows: samples.rows, columns: perceptronProblem.hidden)
    for row in 0..<kept.rows {
      for unit in 0..<kept.columns { kept[row, unit] = (row + unit) % 3 == 0 ? 0 : 1.5 }
    }
    let slope = layers.slope(samples, targets, penalty: 0.2, kept: kept)
    let step: Float = 1e-2
    for (row, column) in [(0, 0), (1, 7), (4, 16), (2, 3)] {
      var (more, less) = (layers, layers)
      more.hidden[row, column] += step
      less.hidden[row, column] -= step
      let difference =
        more.slope(samples, targets, penalty: 0.2, kept: kept).loss
        - less.slope(samples, targets, penalty: 0.2, kept: kept).loss
      let numeric = difference / Double(2 * step)
      #expect(abs(numeric - Double(slope.hidden[row, column])) < 0.02 * max(abs(numeric), 0.5))
    }
    for (row, column) in [(0, 0), (1, 3), (2, 5), (2, 1)] {
      var (more, less) = (layers, layers)
      more.output[row, column] += step
      less.output[row, column] -= step
      let difference =
        more.slope(samples, targets, penalty: 0.2, kept: kept).loss
        - less.slope(samples, targets, penalty: 0.2, kept: kept).loss
      let numeric = difference / Double(2 * step)
      #expect(abs(numeric - Double(slope.output[row, column])) < 0.02 * max(abs(numeric), 0.5))
    }
  }

  @Test func orderOfShotsDoesNotMatter() throws {
    let shots = try clusters(classes: 3, shots: 5, dimension: 12)
    var turned = try Shots(dimension: 12, classes: shots.classes)
    for row in (0..<shots.count).reversed() {
      try turned.append(shots.embedding(row), class: shots.classOf[row])
    }
    for method in [HeadMethod.mlp, .logistic] {
      var recipe = HeadRecipe(method)
      recipe.perceptron.hidden = 8
      recipe.perceptron.epochs = 6
      let first = try Head.train(recipe, shots: shots, backbone: backbone).serialised()
      let second = try Head.train(recipe, shots: turned, backbone: backbone).serialised()
      #expect(first == second, "\(method)")
    }
  }

  @Test func seedMakesAnotherHead() throws {
    let shots = try clusters(classes: 3, shots: 3, dimension: 12)
    var recipe = HeadRecipe(.mlp)
    recipe.perceptron.hidden = 8
    recipe.perceptron.epochs = 4
    let first = try Head.train(recipe, shots: shots, backbone: backbone)
    recipe.seed = 1
    let second = try Head.train(recipe, shots: shots, backbone: backbone)
    #expect(try tensor("hidden", of: first, as: Float.self) != tensor("hidden", of: second, as: Float.self))
  }

  /// Two classes on either side of a third on one line: no linear score of unit vectors has its greatest in the middle of
  /// two such far ends without a hidden layer's help, when lengths cannot tell.
  @Test func learnsWhatNoPlaneParts() throws {
    var shots = Shots(dimension: 3)
    var generator = SeededGenerator(seed: 4)
    for (label, corners) in [("same", [[1, 1], [-1, -1]]), ("different", [[1, -1], [-1, 1]])]
      as [(String, [[Float]])]
    {
      for corner in corners {
        for _ in 0..<12 {
          try shots.append(
            corner.map { $0 + Float.random(in: -0.3...0.3, using: &generator) } + [1], label: label)
        }
      }
    }
    var recipe = HeadRecipe(.mlp)
    recipe.perceptron.hidden = 32
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    let linear = try Head.train(.logistic, shots: shots, backbone: backbone)
    func right(_ head: Head) -> Int {
      (0..<shots.count).filter { head.decide(shots.embedding($0)).ranked[0].index == shots.classOf[$0] }.count
    }
    #expect(right(head) == shots.count)
    #expect(right(linear) < shots.count * 4 / 5)
  }

  @Test func survivesItsFile() throws {
    let shots = try clusters(classes: 3, shots: 4, dimension: 12)
    var recipe = HeadRecipe(.mlp)
    recipe.focal = 1
    recipe.balance = .oversample
    recipe.perceptron.hidden = 8
    recipe.perceptron.epochs = 3
    recipe.perceptron.optimiser = .sgd
    recipe.perceptron.rate = 0.03125
    let head = try Head.train(recipe, shots: shots, backbone: backbone)
    let again = try Head(bytes: try head.serialised())
    #expect(again.recipe == recipe)
    #expect(again.scores(of: shots.embeddings) == head.scores(of: shots.embeddings))
    #expect(try again.serialised() == head.serialised())
  }

  @Test func fewestShots() throws {
    for counts in [[1], [1, 1], [1, 2]] {
      var shots = Shots(dimension: 4)
      for (place, count) in counts.enumerated() {
        for turn in 0..<count { try shots.append([1, Float(place), Float(turn), 0], label: "\(place)") }
      }
      let head = try Head.train(.mlp, shots: shots, backbone: backbone)
      let decision = head.decide(shots.embedding(shots.count - 1))
      #expect(decision.ranked[0].index == counts.count - 1)
      #expect(decision.ranked.allSatisfy { $0.confidence.isFinite })
    }
  }

  @Test func equalShotsOfTwoClassesAreUndecided() throws {
    var shots = Shots(dimension: 3)
    for label in ["a", "b", "a", "b"] { try shots.append([1, 2, 3], label: label) }
    for method in [HeadMethod.mlp, .logistic] {
      let decision = try Head.train(method, shots: shots, backbone: backbone).decide([1, 2, 3])
      #expect(decision.ranked.allSatisfy { abs($0.confidence - 0.5) < 0.1 }, "\(method)")
    }
  }

  @Test func recipeOutOfRangeIsNoRecipe() throws {
    let shots = try clusters(classes: 2, shots: 2, dimension: 4)
    var recipe = HeadRecipe(.mlp)
    for change: (inout PerceptronRecipe) -> Void in [
      { $0.hidden = 0 }, { $0.hidden = 100_000 }, { $0.dropout = 1 }, { $0.rate = .infinity },
      { $0.epochs = 0 },
    ] {
      recipe.perceptron = PerceptronRecipe()
      change(&recipe.perceptron)
      #expect(throws: HeadError.self) { try Head.train(recipe, shots: shots, backbone: backbone) }
    }
  }
}

/// The shots and queries of ``descentProblem``.
func unequalProblem() throws(HeadError) -> (shots: Shots, queries: [Float]) {
  try Reference(
    name: "unequal", dimension: descentProblem.dimension, counts: descentProblem.counts,
    seed: descentProblem.seed, loss: 0,
    probabilities: [[Double]](repeating: [], count: descentProblem.queries)
  ).problem()
}

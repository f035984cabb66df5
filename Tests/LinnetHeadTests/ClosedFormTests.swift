import LinnetAlgebra
import LinnetSafetensors
import Testing

@testable import LinnetHead

/// What NumPy or scikit-learn makes of a problem of ``references``.
struct ClosedForm: Sendable, CustomTestStringConvertible {
  /// A place in ``references``.
  var problem: Int
  var method: HeadMethod
  /// Of the queries, a row each.
  var scores: [[Float]]
  /// Of every shot, by a fit without it; empty for `auto` and `imprint`.
  var heldOut: [[Float]]

  var testDescription: String { "\(method) of \(references[problem].name)" }

  /// What our scores are times.
  var gain: Float {
    switch method {
    case .prototype: Head.prototypeGain
    case .ridge, .auto: RidgeRegression.gain
    case .lda: DiscriminantAnalysis.gain
    case .knn: NearestNeighbours.gain
    default: 1
    }
  }
}

@Suite struct ClosedFormTests {
  func fit(_ method: HeadMethod, _ samples: Samples) throws -> Fit {
    try Fit.fit(HeadRecipe(method), samples, prototypes: Prototypes(samples), support: .init())
  }

  /// Three classes that `imprint` puts new ones beside, those of `make-reference`.
  func present(_ problem: Reference) throws -> Head {
    let width = problem.dimension
    var writer = SafetensorsWriter()
    writer.metadata = HeadFileTests.metadata
    writer.metadata["linnet.dimension"] = "\(width)"
    writer.metadata["linnet.embedding"] = "l2"
    writer.metadata["linnet.gain"] = "1"
    let weights = Reference.numbers(seed: problem.seed + 100, count: 3 * width).map { $0 - 0.5 }
    try writer.add("weights", shape: [3, width], weights)
    try writer.add("bias", shape: [3], Reference.numbers(seed: problem.seed + 200, count: 3))
    return try Head(bytes: writer.serialised())
  }

  @Test(arguments: closedForms.filter { $0.method == .imprint })
  func imprintedScoresAreNumPys(reference: ClosedForm) throws {
    let problem = references[reference.problem]
    let (shots, queries) = try problem.problem()
    let head = try Head.train(
      HeadRecipe(.imprint), shots: shots, backbone: backbone, support: .init(earlier: present(problem)))
    let scores = head.scores(of: queries)
    for (query, expected) in reference.scores.enumerated() {
      let ours = scores[query * head.classes.count..<(query + 1) * head.classes.count].dropFirst(3)
      for (own, theirs) in zip(ours, expected) { #expect(abs(own - theirs) < 3e-5) }
    }
  }

  @Test(arguments: closedForms.filter { $0.method == .auto })
  func theUsualWayOfAutoIsRidgeOnAllLayers(reference: ClosedForm) throws {
    let (shots, _) = try references[reference.problem].problem()
    let head = try Head.train(.auto, shots: shots, backbone: backbone)
    #expect(try #require(head.choice).chosen == 0)
  }

  @Test(arguments: closedForms.filter { $0.method != .imprint })
  func scoresAreThoseOfScikitLearn(reference: ClosedForm) throws {
    let (shots, queries) = try references[reference.problem].problem()
    let head = try Head.train(reference.method, shots: shots, backbone: backbone)
    let scores = head.scores(of: queries).map { $0 / reference.gain }
    for (ours, theirs) in zip(scores, reference.scores.joined()) { #expect(abs(ours - theirs) < 3e-4) }
  }

  @Test(arguments: closedForms.filter { !$0.heldOut.isEmpty })
  func heldOutScoresAreThoseOfFitsWithoutTheShot(reference: ClosedForm) throws {
    let (shots, _) = try references[reference.problem].problem()
    let heldOut = try fit(reference.method, Samples(shots, .l2(shots.dimension))).heldOut
    for (row, expected) in reference.heldOut.enumerated() {
      for (place, theirs) in expected.enumerated() {
        let ours = heldOut[row, place] / reference.gain
        #expect(abs(ours - theirs) < 3e-4, "shot \(row), class \(place): \(ours) is not \(theirs)")
      }
    }
  }

  @Test(arguments: [HeadMethod.ridge, .lda, .knn])
  func innerProductsAtHandMakeTheSame(method: HeadMethod) throws {
    var samples = Samples(try clusters(classes: 3, shots: 4, dimension: 30), .l2(30))
    let fresh = try fit(method, samples)
    samples.gram = samples.inner
    #expect(try fit(method, samples).heldOut.dense == fresh.heldOut.dense)
  }

  @Test(arguments: [HeadMethod.ridge, .lda])
  func theTwoFormsAreOne(method: HeadMethod) throws {
    // Zeros beside the embeddings turn the primal form into the dual one, and change nothing else.
    let shots = try clusters(classes: 4, shots: 5, dimension: 12)
    var wide = try Shots(dimension: 40, classes: shots.classes)
    for row in 0..<shots.count {
      let zeros = [Float](repeating: 0, count: 28)
      try wide.append(shots.embedding(row) + zeros, class: shots.classOf[row])
    }
    let (narrow, dual) = (try fit(method, Samples(shots, .l2(12))), try fit(method, Samples(wide, .l2(40))))
    for (a, b) in zip(narrow.heldOut.dense, dual.heldOut.dense) { #expect(abs(a - b) < 2e-3) }
    let head = try Head.train(method, shots: shots, backbone: backbone)
    let wideHead = try Head.train(method, shots: wide, backbone: backbone)
    for (a, b) in zip(head.scores(of: shots.embeddings), wideHead.scores(of: wide.embeddings)) {
      #expect(abs(a - b) < 2e-3)
    }
  }

  @Test(arguments: [HeadMethod.prototype, .ridge, .knn])
  func aShotThatCountsTwiceIsTwoShots(method: HeadMethod) throws {
    let shots = try clusters(classes: 2, shots: 3, dimension: 20)
    var (twice, heavy) = (shots, try Shots(dimension: 20, classes: shots.classes))
    try twice.append(shots.embedding(0), class: 0)
    for row in 0..<shots.count {
      try heavy.append(shots.embedding(row), class: shots.classOf[row], weight: row == 0 ? 2 : 1)
    }
    var recipe = HeadRecipe(method)
    recipe.balance = .none
    recipe.regularisation = 0.5
    recipe.neighbours = 7
    let (a, b) = (
      try Head.train(recipe, shots: twice, backbone: backbone),
      try Head.train(recipe, shots: heavy, backbone: backbone)
    )
    let queries = try clusters(classes: 4, shots: 1, dimension: 20, seed: 8).embeddings
    // The penalty is in units of a mean over shots, whatever they count, hence near and not equal.
    let tolerance: Float = method == .ridge ? 0.5 : 1e-2
    for (x, y) in zip(a.scores(of: queries), b.scores(of: queries)) { #expect(abs(x - y) < tolerance) }
  }

  @Test(arguments: [HeadMethod.prototype, .ridge, .lda, .knn])
  func manyClassesAndManyShotsWork(method: HeadMethod) throws {
    let classes = try clusters(classes: 2000, shots: 1, dimension: 8, spread: 0)
    let wide = try Head.train(method, shots: classes, backbone: backbone)
    #expect(wide.decide(classes.embedding(7), top: 3).ranked.count == 3)
    let shots = try clusters(classes: 5, shots: 400, dimension: 8, spread: 0.1)
    let long = try Head.train(method, shots: shots, backbone: backbone)
    let right = long.decide(rows: Array(shots.embeddings[..<80]), top: 1).filter { $0.ranked[0].index == 0 }
    #expect(right.count == 10 && long.counts == [Int](repeating: 400, count: 5))
  }

  @Test(arguments: methods)
  func oneClassOneShotAndEqualShotsMakeAHead(method: HeadMethod) throws {
    var one = Shots(dimension: 4)
    try one.append([1, 2, 3, 4], label: "only")
    #expect(try Head.train(method, shots: one, backbone: backbone).decide([4, 3, 2, 1]).label == "only")
    var equal = Shots(dimension: 4)
    for label in ["a", "b", "c", "a", "b", "c"] { try equal.append([1, 1, 1, 1], label: label) }
    let head = try Head.train(method, shots: equal, backbone: backbone)
    for ranked in head.decide([1, 1, 1, 1]).ranked { #expect(abs(ranked.confidence - 1.0 / 3) < 0.15) }
    var constant = Shots(dimension: 4)
    for (place, label) in ["a", "b", "a", "b"].enumerated() {
      try constant.append([Float](repeating: Float(place + 1), count: 4), label: label)
    }
    #expect(
      try Head.train(method, shots: constant, backbone: backbone).decide([1, 1, 1, 1]).ranked.count == 2)
  }
}

import LinnetAlgebra
import LinnetSafetensors
import Testing

@testable import LinnetHead

/// Classes in one half of the numbers, what is none of them in the other.
private struct World {
  var generator = SeededGenerator(seed: 3)
  let dimension = 32
  let centres: [[Float]]

  init() {
    var generator = SeededGenerator(seed: 5)
    centres = (0..<8).map { place in
      (0..<32).map { number in
        let isLit = place < 6 ? number < 16 : number >= 16
        return isLit ? Float.random(in: 0...1, using: &generator) : 0.05
      }
    }
  }

  /// A picture of class 0…5, or of two other things, 6 and 7.
  mutating func picture(_ place: Int) -> [Float] {
    centres[place].map { max(0, $0 + 0.15 * Float.random(in: -1...1, using: &generator)) }
  }

  mutating func shots(_ count: Int, background: Int = 0) throws -> Shots {
    var shots = Shots(dimension: dimension)
    for place in 0..<6 {
      for _ in 0..<count { try shots.append(picture(place), label: "class \(place)") }
    }
    for _ in 0..<background { try shots.appendBackground(picture(6)) }
    return shots
  }
}

/// A classifier whose source knows as much of one half as of the other.
private func classifier(dimension: Int) -> Head {
  var generator = SeededGenerator(seed: 9)
  let rows = (0..<40 * dimension).map { _ in Float.random(in: -1...1, using: &generator) }
  var head = Head(
    classes: (0..<40).map { "source \($0)" }, dimension: dimension, backbone: backbone,
    treatment: .raw(dimension),
    scorer: .linear(
      LinearClassifier(
        weights: .float(Matrix(rows: 40, columns: dimension, dense: rows)),
        bias: [Float](repeating: 0, count: 40)), gain: 1),
    prototypes: nil)
  head.sourceStatistics = SourceStatistics(
    mean: [Float](repeating: 0.3, count: dimension), deviation: [Float](repeating: 0.2, count: dimension))
  return head
}

private let scoring: [HeadMethod] = [.knn, .logistic, .ridge, .lda]

@Suite struct UnknownTests {
  @Test(arguments: scoring, [true, false])
  func strangersAreUnknownAndTheKnownAreNot(method: HeadMethod, hasClassifier: Bool) throws {
    var world = World()
    let support = TrainingSupport(classifier: hasClassifier ? classifier(dimension: world.dimension) : nil)
    let head = try Head.train(
      HeadRecipe(method), shots: try world.shots(5), backbone: backbone, support: support)
    let refused = (0..<120).filter { _ in
      head.decide(world.picture(Int.random(in: 0..<6, using: &world.generator))).isUnknown
    }
    #expect(refused.count < 24, "\(refused.count) of 120 refused")
    let accepted = (0..<60).filter { !head.decide(world.picture(6 + $0 % 2)).isUnknown }
    #expect(accepted.count == 0, "\(accepted.count) of 60 accepted")
  }

  @Test(arguments: scoring) func nothingIsUnknownWhenAskedFor(method: HeadMethod) throws {
    var world = World()
    var recipe = HeadRecipe(method)
    recipe.unknown.isNever = true
    let head = try Head.train(recipe, shots: try world.shots(3, background: 3), backbone: backbone)
    #expect(head.unknownThreshold == nil && !head.decide(world.picture(7)).isUnknown)
    let again = try Head(bytes: try head.serialised())
    #expect(again.recipe?.unknown == recipe.unknown && again.unknownThreshold == nil)
  }

  @Test func theWantedFalseAcceptRateMovesTheThreshold() throws {
    var world = World()
    for background in [0, 12] {
      let shots = try world.shots(5, background: background)
      let thresholds = try [Float(0.9), 0.5, 0.1, 0].map { rate -> Float in
        var recipe = HeadRecipe(.logistic)
        recipe.unknown.falseAcceptRate = rate
        return try #require(try Head.train(recipe, shots: shots, backbone: backbone).unknownThreshold)
      }
      #expect(thresholds == thresholds.sorted() && Set(thresholds).count == 4, "\(thresholds)")
    }
  }

  @Test(arguments: scoring) func picturesOfTheBackgroundTeachWhatItIs(method: HeadMethod) throws {
    // What is between two classes is known to nobody but its pictures.
    var world = World()
    func between() -> [Float] { zip(world.picture(0), world.picture(1)).map { ($0 + $1) / 2 } }
    let plain = try world.shots(8)
    var taught = plain
    for _ in 0..<20 { try taught.appendBackground(between()) }
    let heads = try [plain, taught].map { try Head.train(method, shots: $0, backbone: backbone) }
    let strangers = (0..<60).map { _ in between() }
    let accepted = heads.map { head in strangers.filter { !head.decide($0).isUnknown }.count }
    #expect(accepted[1] < accepted[0] && accepted[1] <= 12, "\(accepted)")
    let refused = (0..<60).filter { _ in heads[1].decide(world.picture(3)).isUnknown }.count
    #expect(refused < 20)
  }

  @Test(arguments: scoring) func aFileKeepsTheRule(method: HeadMethod) throws {
    var world = World()
    let support = TrainingSupport(classifier: classifier(dimension: world.dimension))
    let head = try Head.train(
      HeadRecipe(method), shots: try world.shots(4, background: 4), backbone: backbone, support: support)
    let bytes = try head.serialised()
    let again = try Head(bytes: bytes)
    #expect(again.unknown == head.unknown && again.unknown.terms.count == 5)
    #expect(try again.serialised() == bytes)
    for place in 0..<8 {
      let picture = world.picture(place)
      #expect(again.decide(picture) == head.decide(picture))
    }
  }

  @Test func theOrderOfShotsDoesNotMatterToAnAdditiveHead() throws {
    var world = World()
    let shots = try world.shots(4, background: 5)
    var reversed = try Shots(dimension: shots.dimension, classes: shots.classes)
    for row in (0..<shots.count).reversed() {
      try reversed.append(shots.embedding(row), class: shots.classOf[row])
    }
    for row in (0..<shots.backgroundCount).reversed() {
      try reversed.appendBackground(Array(shots.background[row * 32..<(row + 1) * 32]))
    }
    let support = TrainingSupport(classifier: classifier(dimension: 32))
    let heads = try [shots, reversed].map {
      try Head.train(HeadRecipe(.ridge), shots: $0, backbone: backbone, support: support).serialised()
    }
    #expect(heads[0] == heads[1])
  }

  @Test func fewOrEqualShotsGiveASensibleThreshold() throws {
    var world = World()
    let single = try Head.train(.logistic, shots: try world.shots(1), backbone: backbone)
    #expect(single.unknown == .plain && !single.decide(world.picture(2)).isUnknown)
    #expect(single.decide(world.picture(6)).isUnknown)
    var equal = Shots(dimension: 4)
    for label in ["a", "b", "a", "b", "a"] { try equal.append([1, 0, 2, 0], label: label) }
    let head = try Head.train(.ridge, shots: equal, backbone: backbone)
    #expect(head.decide([0, 3, 0, 1]).isUnknown)
    #expect(head.decide([.nan, 1, 0, 0]).openSetScore.isFinite)
  }

  @Test(arguments: [
    "[]", "{}", "[{}]", #"[{"measure":"cosine"}]"#,
    #"[{"measure":"nearest","mean":0,"deviation":0,"weight":1}]"#,
    #"[{"measure":"feeling","mean":0,"deviation":1,"weight":1}]"#,
    #"[{"measure":"elsewhere","mean":0,"deviation":1,"weight":1}]"#,
    #"[{"measure":"cosine","mean":0,"deviation":1,"weight":1e30}]"#,
    #"[{"measure":"cosine","mean":0,"deviation":1,"weight":1,"cap":"x"}]"#,
  ])
  func aRuleThatIsNoneIsRefused(text: String) throws {
    var world = World()
    let head = try Head.train(.logistic, shots: try world.shots(3), backbone: backbone)
    let changed = try HeadFileTwoTests().changed(head, ["linnet.unknown": text])
    try HeadFileTwoTests().isRefused(changed, at: "linnet.unknown")
  }

  @Test func statisticsOfTheSourceComeBack() throws {
    let head = classifier(dimension: 6)
    let again = try Head(bytes: try head.serialised())
    #expect(again.sourceStatistics == head.sourceStatistics)
    #expect(again.decide([1, 2, 3, 4, 5, 6]) == head.decide([1, 2, 3, 4, 5, 6]))
    let changed = try HeadFileTwoTests().changed(head, [:], float: ["source.deviation": [1, 1, 1, 1, 1, -1]])
    try HeadFileTwoTests().isRefused(changed, at: "source.deviation")
  }
}

@Suite struct PseudoBackgroundTests {
  @Test func itLiesWhereTheClassifierPoints() throws {
    let head = classifier(dimension: 12)
    let statistics = try #require(head.sourceStatistics)
    guard case .linear(let classifier, _) = head.scorer else { return }
    let rows = PseudoBackground.embeddings(of: classifier, statistics)
    #expect(rows.count == 40 * 12 && rows.allSatisfy { $0 >= 0 && $0.isFinite })
    // The typical distance from the mean is √12 · 0.2.
    for row in 0..<40 {
      let pseudo = rows[row * 12..<(row + 1) * 12]
      let squares = pseudo.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
      #expect(squares.squareRoot() < 2.001 * Float(12).squareRoot() * 0.2)
      let weights = classifier.row(row)
      let along = zip(pseudo, weights).reduce(0) { $0 + ($1.0 - 0.3) * $1.1 }
      #expect(along > 0)
    }
    #expect(PseudoBackground.embeddings(of: classifier, .init(mean: [1], deviation: [1])).isEmpty)
  }

  @Test func shotsAsBytesKeepTheirCosines() {
    var generator = SeededGenerator(seed: 2)
    let rows = (0..<20 * 300).map { _ in Float.random(in: 0...1, using: &generator) }
    let matrix = EmbeddingTreatment.l2(300).matrix(of: rows, dimension: 300)
    let exact = matrix.timesTransposed(matrix)
    var ours = Matrix(rows: matrix.rows, columns: matrix.rows)
    KnownShots(matrix).writeCosines(of: matrix, to: &ours)
    #expect(zip(exact.dense, ours.dense).allSatisfy { abs($0 - $1) < 2e-3 })
  }
}

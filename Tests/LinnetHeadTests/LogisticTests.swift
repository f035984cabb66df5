import CLinux
import LinnetAlgebra
import Testing

@testable import LinnetHead

@Suite struct LogisticTests {
  /// scikit-learn's objective at a head's weights, in double precision.
  func loss(_ head: Head, _ shots: Shots) throws -> Double {
    let counts = shots.counts
    let scores = head.scores(of: shots.embeddings)
    var data = 0.0
    for row in 0..<shots.count {
      let own = shots.classOf[row]
      let mine = Array(scores[row * counts.count..<(row + 1) * counts.count])
      data -= log(probabilities(mine)[own]) * Double(shots.count) / Double(counts.count * counts[own])
    }
    let weights = try tensor("weights", of: head, as: Float.self)
    let squares = weights.reduce(0.0) { $0 + Double($1) * Double($1) }
    // Two classes: scikit-learn has one weight vector, the difference of ours, whose halves are opposite.
    return 10 * data + (counts.count == 2 ? squares : 0.5 * squares)
  }

  @Test(arguments: references)
  func reachesTheLossOfScikitLearn(reference: Reference) throws {
    let (shots, _) = try reference.problem()
    let head = try Head.train(.logistic, shots: shots, backbone: backbone)
    let loss = try loss(head, shots)
    #expect(abs(loss - reference.loss) < 1e-5 * reference.loss, "\(loss) is not \(reference.loss)")
  }

  @Test(arguments: references)
  func probabilitiesAreThoseOfScikitLearn(reference: Reference) throws {
    let (shots, queries) = try reference.problem()
    let head = try Head.train(.logistic, shots: shots, backbone: backbone)
    let scores = head.scores(of: queries)
    let classCount = shots.classes.count
    for (row, expected) in reference.probabilities.enumerated() {
      let ours = probabilities(Array(scores[row * classCount..<(row + 1) * classCount]))
      for (a, b) in zip(ours, expected) {
        #expect(abs(a - b) < 5e-3, "query \(row): \(ours) is not \(expected)")
      }
    }
  }

  @Test func weightsOfEqualShotsDoNotGrow() throws {
    var shots = Shots(dimension: 3)
    for label in ["a", "b", "a", "b"] { try shots.append([1, 2, 3], label: label) }
    let head = try Head.train(.logistic, shots: shots, backbone: backbone)
    let decision = head.decide([1, 2, 3])
    #expect(decision.ranked.allSatisfy { abs($0.confidence - 0.5) < 1e-5 })
    #expect(try tensor("weights", of: head, as: Float.self).allSatisfy { abs($0) < 1e-4 })
  }

  @Test func heldOutScoresAreNearThoseOfARetrainedHead() throws {
    let shots = try clusters(classes: 4, shots: 6, dimension: 40, spread: 0.8)
    let samples = Samples(shots, .l2(shots.dimension))
    let heldOut = try Fit.fit(
      HeadRecipe(.logistic), samples, prototypes: Prototypes(samples), support: .init()
    ).heldOut
    var differences: [Double] = []
    for row in 0..<shots.count {
      let rest = try Head.train(.logistic, shots: try without(row, shots), backbone: backbone)
      let exact = probabilities(rest.scores(of: shots.embedding(row)))
      let ours = probabilities(heldOut.elements(of: row))
      differences.append(abs(ours[shots.classOf[row]] - exact[shots.classOf[row]]))
    }
    let mean = differences.reduce(0, +) / Double(shots.count)
    #expect(mean < 0.1 && differences.max() ?? 1 < 0.3, "\(differences)")
  }

  @Test func oneClassIsTheAnswer() throws {
    var shots = Shots(dimension: 3)
    try shots.append([1, 2, 3], label: "only")
    let single = try Head.train(.logistic, shots: shots, backbone: backbone)
    #expect(single.unknownThreshold == nil)
    #expect(single.decide([-1, 0, 5]).label == "only")
    #expect(single.decide([1, 2, 3]).ranked == [.init(index: 0, label: "only", confidence: 1)])
    try shots.append([1, 2, 4], label: "only")
    let pair = try Head.train(.logistic, shots: shots, backbone: backbone)
    #expect(pair.decide([1, 2, 3.5]).label == "only")
    #expect(pair.decide([-1, -2, -3]).label == nil)
  }

  @Test func manyClassesWork() throws {
    let shots = try clusters(classes: 60, shots: 1, dimension: 16)
    let head = try Head.train(.logistic, shots: shots, backbone: backbone)
    let decisions = head.decide(rows: shots.embeddings, top: 1)
    #expect(decisions.enumerated().allSatisfy { $1.ranked[0].index == $0 })
  }
}

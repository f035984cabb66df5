import LinnetAlgebra
import LinnetHead
import Testing

@testable import LinnetDomain

/// Each method against NumPy, SciPy or scikit-learn (`toolchain/domain/make-reference`).
@Suite struct MethodsTests {
  @Test func coralIsSciPys() throws {
    let domains = try worlds()
    let moved = domains.correlationAligned(Moments(domains.source), Moments(domains.target))
    expect(moved, equals: Reference.coral, within: 2e-4)
  }

  @Test func subspaceIsNumPys() throws {
    let domains = try worlds()
    let moved = domains.subspaceAligned(Moments(domains.source), Moments(domains.target), dimensions: 3)
    expect(moved, equals: Reference.subspace, within: 1e-4)
  }

  @Test func ridgeIsScikitLearns() throws {
    let domains = try worlds()
    let hat = RidgeHat(
      samples: domains.source, weights: domains.shots.weights!, queries: domains.target, strength: 2)
    let scores = hat.scores(Assignment.memberships(domains.classOf, classCount: 3))
    expect(scores, equals: Reference.ridge, within: 1e-4)
  }

  @Test func proportionsAreHeldOrRelaxed() {
    var scores = matrix(seed: 3, 3, 10)
    scores.scale(4)
    let shares: [Float] = [0.5, 0.3, 0.2]
    let held = Assignment.transport(scores, proportions: shares, strength: 1, rounds: 300)
    expect(held, equals: Reference.held, within: 1e-4)
    for place in 0..<3 { #expect(abs(Assignment.mean(held, row: place) - shares[place]) < 1e-4) }
    let relaxed = Assignment.transport(scores, proportions: shares, strength: 0.5, rounds: 300)
    expect(relaxed, equals: Reference.relaxed, within: 1e-4)
  }

  @Test func proportionsAreEstimated() {
    var scores = matrix(seed: 3, 3, 10)
    scores.scale(4)
    let shares = Assignment.proportions(scores, prior: 0.5)
    for (share, exact) in zip(shares, Reference.proportions) { #expect(abs(Double(share) - exact) < 1e-4) }
  }

  @Test func labelsSpreadAsInNumPy() throws {
    let domains = try worlds()
    var start = matrix(seed: 4, 3, 16)
    for frame in 0..<16 {
      let total = (0..<3).reduce(Float(0)) { $0 + start[$1, frame] }
      for place in 0..<3 { start[place, frame] /= total }
    }
    let spread = Neighbourhood(domains.target.normalised(), count: 4).spread(start)
    expect(spread, equals: Reference.propagation, within: 1e-4)
  }

  @Test func theClassifierOfWorldsIsScikitLearns() throws {
    let domains = try worlds()
    let scores = DomainClassifier.scores(
      domains.source.appending(domains.target), isFrame: (0..<28).map { $0 >= 12 }, queries: domains.source)
    for (score, exact) in zip(scores, Reference.discriminant) { #expect(abs(Double(score) - exact) < 2e-3) }
  }

  @Test func likelyShotsCountMore() {
    // The frames lie where the last number is great; so do the last eight shots.
    func rows(_ count: Int, _ last: (Int) -> Float, seed: Int) -> Matrix {
      var rows = matrix(seed: seed, count, 5)
      for row in 0..<count { rows[row, 4] = last(row) }
      return rows
    }
    let ratios = DomainClassifier.densityRatios(
      source: rows(16, { $0 < 8 ? 0 : 1 }, seed: 6), target: rows(20, { _ in 1 }, seed: 7))
    #expect(ratios[..<8].max()! < ratios[8...].min()!)
    #expect(abs(ratios.reduce(0, +) / 16 - 1) < 0.05)
  }

  @Test func theAdversarialMapHidesTheWorld() throws {
    let scene = try Scene(parts: [10, 10, 10, 10], move: 1)
    let domains = Domains(scene.shots, scene.frames, treatment: Domains.rooted([.init(range: 0..<40)]))
    let moments = Moments(domains.target)
    let (shots, frames) = (moments.standardised(domains.source), moments.standardised(domains.target))
    let map = AdversarialMap(
      source: shots, classOf: domains.classOf, weights: domains.balancedWeights, classCount: 4, target: frames
    )
    func distance(_ rows: Matrix) -> Float {
      let (a, b) = (Moments(rows).centre, Moments(frames).centre)
      return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(distance(map.moved(shots)) < 0.5 * distance(shots))
  }
}

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

  /// Three frames at one place, two at right angles to them and to each other.
  @Test func whatIsManyCountsLess() {
    let rows = Matrix(rows: 5, columns: 3, dense: [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
    // The second nearest: at cosine 1 of the three, at 0 of the others; 0.6 on average.
    let rarity = Neighbourhood(rows, count: 2).rarity
    let mean = Float(1.0 / 3 * 3 + 2) / 5
    for (frame, exact) in [Float(1) / 3, Float(1) / 3, Float(1) / 3, 1, 1].enumerated() {
      #expect(abs(rarity[frame] - exact / mean) < 1e-6)
    }
    #expect(Neighbourhood(Matrix(rows: 1, columns: 3, dense: [1, 0, 0]), count: 2).rarity == [1])
  }

  @Test func weightsCountAsSoManyRows() {
    let rows = matrix(seed: 5, 3, 4)
    let repeated = Matrix(
      rows: 6, columns: 4,
      dense: [0, 0, 0, 1, 2, 2].flatMap { row in (0..<4).map { rows[row, $0] } })
    let (weighted, plain) = (Moments(rows, weights: [1.5, 0.5, 1]), Moments(repeated))
    for column in 0..<4 {
      #expect(abs(weighted.centre[column] - plain.centre[column]) < 1e-6)
      #expect(abs(weighted.deviation[column] - plain.deviation[column]) < 1e-6)
    }
    let scores = Assignment.standardised(rows.transposed, weights: [1.5, 0.5, 1])
    let others = Assignment.standardised(repeated.transposed)
    for place in 0..<4 {
      for (frame, same) in [0, 3, 4].enumerated() {
        #expect(abs(scores[place, frame] - others[place, same]) < 1e-5)
      }
    }
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

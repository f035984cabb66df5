import LinnetAlgebra
import Testing

@testable import LinnetHead

/// An output of 12 numbers, and two tapped maps: means and deviations of four, then of six channels.
let tapped = BackboneIdentity(name: "test", digest: "sha256:00", blocks: [12, 4, 4, 6, 6])

@Suite struct MapContrastTests {
  private let contrast = MapContrast(first: 16..<20, last: 26..<32)

  @Test func itIsTheLogarithmOfTheLengthOfTheDeviations() {
    var rows = [Float](repeating: 7, count: 64)
    rows.replaceSubrange(32 + 16..<32 + 20, with: [3, 0, 4, 0])
    rows.replaceSubrange(32 + 26..<32 + 32, with: [0, 10, 10, 10, 0, 10])
    let measured = contrast.measure(rows, place: 1, dimension: 32)
    #expect(abs(measured.contrast - 2.995_732) < 1e-6)  // ln 20
    #expect(abs(measured.rise - 1.386_294) < 1e-6)  // ln 20 − ln 5
  }

  @Test(arguments: [Float(0), .nan, .infinity, 1e-30, 3e38]) func extremesStayBounded(number: Float) {
    var rows = [Float](repeating: number, count: 32)
    let all = contrast.measure(rows, place: 0, dimension: 32)
    rows.replaceSubrange(16..<20, with: [1, 1, 1, 1])
    let last = contrast.measure(rows, place: 0, dimension: 32)
    for value in [all.contrast, all.rise, last.contrast, last.rise] { #expect(abs(value) < 200) }
  }

  @Test func itIsMeasuredWhereASingleBackboneTapsMaps() {
    #expect(MapContrast(tapped, dimension: 32) == contrast)
    #expect(tapped.backgroundPart(dimension: 32) == 16..<20)
    let single = BackboneIdentity(name: "a", digest: "b", blocks: [12, 4, 4])
    #expect(MapContrast(single, dimension: 20) == MapContrast(first: 16..<20, last: 16..<20))
    #expect(single.backgroundPart(dimension: 20) == 0..<12)
    for (other, dimension) in [
      (BackboneIdentity(name: "a", digest: "b"), 32), (tapped, 12), (tapped.joined(with: single), 52),
    ] {
      #expect(MapContrast(other, dimension: dimension) == nil)
      #expect(other.backgroundPart(dimension: dimension) == 0..<(other.blocks.isEmpty ? 32 : 12))
    }
  }

  /// Every part is compared by its direction alone, so that longer deviations change nothing but contrast and rise.
  @Test(arguments: [0, 5], [Float(0.5), 0.9, 1.1, 4]) func theScoreHasItsTerms(background: Int, factor: Float)
    throws
  {
    let head = try Head.train(
      HeadRecipe(.ridge), shots: try tappedShots(background: background), backbone: tapped)
    let embedding = try clusters(classes: 1, shots: 1, dimension: 32, seed: 6).embedding(0)
    var longer = embedding
    for place in 26..<32 { longer[place] *= factor }
    let (before, after) = (head.decide(embedding).openSetScore, head.decide(longer).openSetScore)
    let terms = head.unknown.terms.filter { $0.measure == .contrast || $0.measure == .rise }
    #expect(terms.map(\.cap) == [0, 2] && terms.allSatisfy { $0.deviation >= 0.05 })
    let gain = Float(logarithm(Double(factor)))
    let measured = contrast.measure(embedding, place: 0, dimension: 32)
    let expected = zip(terms, [measured.contrast, measured.rise]).reduce(Float(0)) { sum, pair in
      let (term, value) = pair
      func capped(_ value: Float) -> Float {
        min((value - term.mean) / term.deviation, term.cap ?? .infinity)
      }
      return sum + term.weight * (capped(value + gain) - capped(value))
    }
    #expect(abs(after - before - expected) < 1e-3, "\(after - before), not \(expected)")
    #expect(factor > 1 ? after >= before : after < before)
  }

  @Test func aSingleMapHasNoRise() throws {
    let single = BackboneIdentity(name: "test", digest: "sha256:00", blocks: [12, 10, 10])
    let head = try Head.train(HeadRecipe(.ridge), shots: try tappedShots(), backbone: single)
    #expect(head.unknown.terms.map(\.measure) == [.score, .nearness, .contrast])
  }

  @Test(arguments: [
    ("unknown.maps", [Int32(16), 4, 26, 7]), ("unknown.maps", [-1, 4, 26, 6]),
    ("unknown.maps", [16, 4, 26, 0]),
    ("unknown.maps", [16, 4]),
  ])
  func mapsThatAreNoPartsAreRefused(name: String, numbers: [Int32]) throws {
    let head = try Head.train(HeadRecipe(.ridge), shots: try tappedShots(), backbone: tapped)
    let file = HeadFileTwoTests()
    try file.isRefused(try file.changed(head, int32: [name: numbers]), at: name)
    try file.isRefused(try file.changed(head, int32: [name: nil]), at: "linnet.unknown")
  }
}

/// Three classes of five shots for ``tapped``.
func tappedShots(background: Int = 0) throws -> Shots {
  var shots = try clusters(classes: 3, shots: 5, dimension: 32)
  let strangers = try clusters(classes: 1, shots: max(background, 1), dimension: 32, seed: 8)
  for row in 0..<background { try shots.appendBackground(strangers.embedding(row)) }
  return shots
}

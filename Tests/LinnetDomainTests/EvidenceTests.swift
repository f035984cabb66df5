import LinnetAlgebra
import LinnetHead
import Testing

@testable import LinnetDomain

@Suite struct EvidenceTests {
  /// Frames of each class.
  @Test(arguments: [
    [24, 24, 24, 24], [36, 36, 36, 0], [48, 48, 0, 0], [96, 0, 0, 0], [80, 4, 4, 4], [40, 20, 10, 5],
    [12, 24, 36, 48], [4, 4, 4, 4],
  ])
  func noMixIsHarmed(_ parts: [Int]) throws {
    for move: Float in [0, 1, 1.6, 2.1, 3, 4] {
      let scene = try Scene(parts: parts, move: move)
      let adapter = try scene.adapter()
      let head = try adapter.choose().head
      #expect(scene.accuracy(head) >= scene.accuracy(adapter.plain) - 0.01, "moved by \(move)")
    }
  }

  @Test func aClearCaseIsAdaptedTo() throws {
    let scene = try Scene(parts: [24, 24, 24, 24], move: 4)
    let adapter = try scene.adapter()
    let choice = try adapter.choose()
    #expect(choice.method != .none)
    #expect(scene.accuracy(adapter.plain) < 0.5)
    #expect(scene.accuracy(choice.head) > 0.95)
  }

  @Test(arguments: [
    ([36, 36, 36, 0], "hardly any look like “class 3”:"),
    ([48, 48, 0, 0], "hardly any look like “class 2” or “class 3”:"),
    ([80, 4, 4, 4], "hardly any look like “class"),
    ([4, 4, 4, 4], "16 are too few to find 4 classes among them: give at least 70"),
  ])
  func whatIsMissingIsSaid(_ parts: [Int], _ words: String) throws {
    let choice = try Scene(parts: parts, move: 4).adapter().choose()
    #expect(choice.method == .none)
    #expect(choice.reason.contains(words), "\(choice.reason)")
  }

  @Test func whoKnowsNothingOfTheFramesNamesNothing() throws {
    let adapter = try Scene(parts: [24, 24, 24, 24], move: 12).adapter()
    let choice = try adapter.choose()
    let evidence = try #require(choice.evidence)
    #expect(evidence.reverse.before < DomainEvidence.leastReverse)
    #expect(evidence.fit > DomainEvidence.leastFit && evidence.clarity > DomainEvidence.leastClarity)
    #expect(choice.method == .none && choice.reason.contains("no better than chance"), "\(choice.reason)")
    #expect(!evidence.anchorsNames(ofClasses: 4) && evidence.anchorsNames(ofClasses: 5))
    let known = try #require(try Scene(parts: [24, 24, 24, 24], move: 4).adapter().choose().evidence)
    #expect(known.anchorsNames(ofClasses: 2))
  }

  @Test func theEvidenceKnowsRightLabels() throws {
    let scene = try Scene(parts: [24, 24, 24, 24], move: 3)
    let adapter = try scene.adapter()
    let wrong = scene.truth.map { ($0 + 1) % 4 }
    let dealt = scene.truth.indices.map { $0 % 4 }
    let right = adapter.evidence(
      for: scene.truth, plain: wrong, centred: dealt.map { $0 % 2 }, adapter.domains)
    #expect(right.reverse.after == 1)
    #expect(right.reverse.before < 0)
    #expect(right.explained.after > 0.9)
    #expect(abs(right.explained.after - right.explained.before) < 1e-12)
    #expect(abs(right.evenness - 0.5) < 1e-12)
    #expect(abs(right.divergence) < 1e-12)
    let one = adapter.evidence(
      for: dealt, plain: [Int](repeating: 0, count: 96), centred: dealt, adapter.domains)
    #expect(one.explained.after < 0.1)
    #expect(one.evenness == 1)
    #expect(one.fit == one.reverse.after + one.explained.after)
    // All in one class against a quarter in each, half a frame added to every class.
    let (most, least) = (96.5 / 98, 0.5 / 98)
    let exact = most * logarithm(4 * most) + 3 * least * logarithm(4 * least)
    #expect(abs(one.divergence - exact) < 1e-12)
    #expect(one.divergence > 1.2)
    #expect(one.clarity == 2 * one.explained.after + 1.2)
    #expect(right.clarity == 2 * right.explained.after + right.divergence)
  }
}

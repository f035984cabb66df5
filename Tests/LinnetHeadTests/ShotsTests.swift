import LinnetHead
import Testing

@Suite struct ShotsTests {
  @Test func newLabelsBecomeTheLastClass() throws {
    var shots = Shots(dimension: 2)
    for label in ["b", "a", "b"] { try shots.append([1, 2], label: label) }
    #expect(shots.classes == ["b", "a"] && shots.classOf == [0, 1, 0] && shots.counts == [2, 1])
    #expect(shots.embeddings == [1, 2, 1, 2, 1, 2] && shots.count == 3)
  }

  @Test func wrongShotsAreTypedErrors() throws {
    var shots = try Shots(dimension: 2, classes: ["a", "b"])
    #expect(throws: HeadError.wrongDimension(expected: 2, actual: 3)) {
      try shots.append([1, 2, 3], label: "a")
    }
    #expect(throws: HeadError.wrongDimension(expected: 2, actual: 0)) { try shots.append([], class: 1) }
    #expect(throws: HeadError.notFinite(label: "a")) { try shots.append([1, .nan], label: "a") }
    #expect(throws: HeadError.notFinite(label: "b")) { try shots.append([.infinity, 1], class: 1) }
    #expect(throws: HeadError.invalidLabel("")) { try shots.append([1, 2], label: "") }
    let long = String(repeating: "é", count: 513)
    #expect(throws: HeadError.invalidLabel(long)) { try shots.append([1, 2], label: long) }
    #expect(throws: HeadError.duplicateLabel("a")) { try Shots(dimension: 2, classes: ["a", "b", "a"]) }
    #expect(shots.count == 0)
  }

  @Test func everyUnicodeIsALabel() throws {
    var shots = Shots(dimension: 1)
    let labels = ["/", "..", "a\nb", "🐦", "\u{202E}rtl", " ", "\u{0}", "é"]
    for label in labels { try shots.append([1], label: label) }
    #expect(shots.classes == labels)
  }
}

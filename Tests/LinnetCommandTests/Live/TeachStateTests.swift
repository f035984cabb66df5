import Testing

@testable import linnet

@Suite struct TeachStateTests {
  /// Keys as letters (⏎ enter, ⌫ backspace, ⎋ escape), half a second between them, and what they ask for.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var keys: String
    var actions: [TeachState.Action]
    var labels = ["cup", "mug"]
    var entry: String?
  }

  @Test(arguments: [
    Case(testDescription: "a shot a number", keys: "12", actions: [.shot("cup"), .shot("mug")]),
    Case(testDescription: "the background", keys: "b0", actions: [.shot(nil), .shot(nil)]),
    Case(testDescription: "undo and end", keys: "uq", actions: [.undo, .end]),
    Case(testDescription: "escape ends", keys: "⎋", actions: [.end]),
    Case(testDescription: "what is no key", keys: "x⏎⌫é٣", actions: []),
    Case(testDescription: "a free number asks for a name", keys: "3", actions: [], entry: ""),
    Case(
      testDescription: "a name is typed", keys: "nbluë q1⏎3", actions: [.shot("bluë q1")],
      labels: ["cup", "mug", "bluë q1"]),
    Case(
      testDescription: "and corrected", keys: "nab⌫⌫⌫c⏎", actions: [], labels: ["cup", "mug", "c"]),
    Case(testDescription: "or given up", keys: "nab⎋1", actions: [.shot("cup")]),
    Case(testDescription: "nothing is no name", keys: "n  ⏎1", actions: [.shot("cup")]),
    Case(testDescription: "a known name is no new label", keys: "nmug⏎2", actions: [.shot("mug")]),
    Case(
      testDescription: "spaces around a name go", keys: "n a ⏎", actions: [], labels: ["cup", "mug", "a"]),
  ])
  func follows(_ each: Case) {
    var state = TeachState(labels: [("cup", 2), ("mug", 0)], background: 1)
    var actions: [TeachState.Action] = []
    for (place, letter) in each.keys.enumerated() {
      let key: Screen.Key =
        switch letter {
        case "⏎": .enter
        case "⌫": .backspace
        case "⎋": .escape
        default: .character(letter)
        }
      if let action = state.press(key, at: UInt64(place) * 500_000_000) { actions.append(action) }
    }
    #expect(actions == each.actions)
    #expect(state.labels == each.labels)
    #expect(state.entry == each.entry)
  }

  @Test func aKeyHeldDownGivesFourShotsASecond() {
    var state = TeachState(labels: [("cup", 0)], background: 0)
    let shots = (0..<60).compactMap { state.press(.character("1"), at: $0 * 33_000_000) }
    #expect(shots.count == 8)
    #expect(state.press(.character("b"), at: 60 * 33_000_000) == .shot(nil), "another key need not wait")
  }

  @Test func withoutLabelsTheFirstNameIsAskedFor() {
    var state = TeachState(labels: [], background: 0)
    #expect(state.entry?.isEmpty == true)
    for key: Screen.Key in [.escape, .enter] { _ = state.press(key, at: 0) }
    #expect(state.entry?.isEmpty == true, "there is nothing else to do")
  }

  @Test func aNameThatCannotBeOneIsSaid() {
    var state = TeachState(labels: [], background: 0)
    for _ in 0..<80 { _ = state.press(.character("🧀"), at: 0) }
    #expect(state.entry?.count == 60)
    _ = state.press(.enter, at: 0)
    #expect(state.labels.isEmpty && state.isTrouble && state.message.contains("240 bytes"))
    #expect(state.entry != nil, "it can be made shorter")
  }

  @Test func theTenthLabelHasNoKey() {
    var state = TeachState(labels: (0..<9).map { ("l\($0)", 1) }, background: 0)
    for letter in "nten" { _ = state.press(.character(letter), at: 0) }
    _ = state.press(.enter, at: 0)
    #expect(state.labels.count == 10 && state.message.contains("no key"))
  }
}

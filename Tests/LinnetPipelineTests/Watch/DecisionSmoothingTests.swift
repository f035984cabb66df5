import Testing

@testable import LinnetPipeline

@Suite struct DecisionSmoothingTests {
  /// Observations as letters: a label by its own, `?` unknown with “a” nearest, `!` unknown with “b” nearest, `~` moving,
  /// `-` no picture. States as letters: labels, `?`, `~`, `-`, and `.` before the first.
  struct Case: Sendable, CustomTestStringConvertible {
    var observations: String
    var states: String
    var testDescription: String { observations }
  }

  @Test(arguments: [
    Case(observations: "aaaa", states: "..aa"),
    Case(observations: "aabaaa", states: ".....a"),
    Case(observations: "aaabbb", states: "..aaab"),
    Case(observations: "aaababab", states: "..aaaaaa"),
    Case(observations: "aaabbabbb", states: "..aaaaaab"),
    // A label is held twice as long while it is still the likeliest of the unknown.
    Case(observations: "aaa??????", states: "..aaaaaa?"),
    Case(observations: "aaa?????a?", states: "..aaaaaaaa"),
    Case(observations: "aaa!!!", states: "..aaa?"),
    Case(observations: "bbb???", states: "..bbb?"),
    Case(observations: "???", states: "..?"),
    Case(observations: "aaa~", states: "..a~"),
    Case(observations: "aaa~aaa", states: "..a~~~a"),
    Case(observations: "-", states: "-"),
    Case(observations: "--aaa-", states: "----a-"),
    Case(observations: "aa-aaa", states: "..---a"),
  ])
  func follows(_ each: Case) {
    var smoothing = DecisionSmoothing(.init(agreement: 3))
    var states = ""
    var before: DecisionSmoothing.State?
    for letter in each.observations {
      let changed = smoothing.observe(Self.observation(letter))
      #expect(changed == (smoothing.state != before))
      before = smoothing.state
      states.append(Self.letter(smoothing.state))
    }
    #expect(states == each.states)
  }

  @Test func oneFrameSufficesWhereOneIsAskedFor() {
    var smoothing = DecisionSmoothing(.init(agreement: 1, holding: 1))
    let states = "ab?a~a-".map { letter in
      _ = smoothing.observe(Self.observation(letter))
      return Self.letter(smoothing.state)
    }
    #expect(String(states) == "ab?a~a-")
  }

  @Test func settingsAreKeptInRange() {
    #expect(DecisionSmoothing.Settings(agreement: 0) == .init(agreement: 1, holding: 2))
    #expect(DecisionSmoothing.Settings(agreement: 4, holding: 2).holding == 4)
  }

  private static func observation(_ letter: Character) -> DecisionSmoothing.Observation {
    switch letter {
    case "?": .unknown(nearest: "a")
    case "!": .unknown(nearest: "b")
    case "~": .moving
    case "-": .noPicture
    default: .label(String(letter))
    }
  }

  private static func letter(_ state: DecisionSmoothing.State?) -> Character {
    switch state {
    case nil: "."
    case .label(let label): Character(label)
    case .unknown: "?"
    case .moving: "~"
    case .noPicture: "-"
    }
  }
}

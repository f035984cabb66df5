import LinnetPipeline
import Testing

@testable import linnet

@Suite struct TeachViewTests {
  @Test(arguments: [(200, 60), (100, 34), (76, 24), (75, 24), (40, 22), (20, 10), (10, 5)])
  func fitsTheTerminal(columns: Int, rows: Int) {
    let view = TeachView(ScreenSize(columns: columns, rows: rows), labels: 3)
    #expect(view.isBeside == (columns >= 76))
    for area in [view.picture, view.panel] {
      #expect(area.column >= 0 && area.row >= 0 && area.rows >= 0)
      #expect(area.column + area.columns <= columns && area.row + area.rows <= rows)
    }
    #expect(view.isBeside ? view.picture.columns < view.panel.column : view.picture.rows <= view.panel.row)
  }

  @Test(arguments: [120, 80, 40, 12])
  func linesAreAsWideAndAsManyAsThePanel(columns: Int) {
    let state = TeachState(
      labels: [("a rather long label that goes on", 12), ("お茶", 1), ("\u{1B}[2J", 3)], background: 7)
    let view = TeachView(ScreenSize(columns: columns, rows: 30), labels: 3)
    for decision in [
      nil, LiveDecision(state: .unknown), LiveDecision(state: .label("お茶")), LiveDecision(state: .noPicture),
    ] {
      let lines = view.lines(
        state, scores: ["お茶": 1, "\u{1B}[2J": 0.031], decision: decision,
        trouble: "the camera went away " + "x",
        Output())
      #expect(lines.count == view.panel.rows)
      #expect(lines.allSatisfy { displayWidth($0) == view.panel.columns }, "\(lines)")
      #expect(!lines.joined().contains("\u{1B}[2J"))
    }
  }

  @Test func wrapsBetweenWords() {
    #expect(TeachView.wrapped("one two three", 7) == ["one two", "three"])
    #expect(TeachView.wrapped("incomprehensible x", 4) == ["incomprehensible", "x"])
    #expect(TeachView.wrapped("", 4) == [""])
  }
}

import Testing

@testable import linnet

@Suite struct TerminalTests {
  @Test(arguments: [
    (0.0, 3, "0.000"), (1.0005, 3, "1.001"), (-2.25, 1, "-2.3"), (12.0, 0, "12"), (0.049, 1, "0.0"),
    (-0.01, 1, "0.0"),
    (99.96, 1, "100.0"), (Double.nan, 2, "–"), (3.05, 2, "3.05"),
  ])
  func decimals(value: Double, digits: Int, text: String) {
    #expect(decimal(value, digits) == text)
  }

  @Test func columnsAreAsWideAsTheirWidestCell() {
    var table = TextTable([.left, .right])
    table.add(["mug", "5"])
    table.add(["お茶", "12"])
    table.add(["\u{1B}[1mcup\u{1B}[0m", "1"])
    #expect(table.lines == ["mug    5", "お茶  12", "\u{1B}[1mcup\u{1B}[0m    1"])
  }

  @Test(arguments: [
    (0.0, 8, ""), (0.0001, 8, "▏"), (0.5, 8, "████"), (0.55, 8, "████▍"), (1.0, 3, "███"), (1.7, 3, "███"),
    (0.5, 0, ""),
  ])
  func barsAreDrawnInEighths(share: Double, width: Int, text: String) {
    #expect(bar(share, width: width) == text)
  }

  @Test func labelsCannotCommandTheTerminal() {
    #expect(visible("plain Käse 🧀") == "plain Käse 🧀")
    #expect(visible("\u{1B}[2Jx\n\u{9B}1m") == "\\u{1b}[2Jx\\u{a}\\u{9b}1m")
    #expect(visible("a\u{202E}b\u{2066}c") == "a\\u{202e}b\\u{2066}c")
    #expect(visible("👩‍👧") == "👩‍👧")
  }

  @Test func oneIsNotMany() {
    #expect(counted(1, "class", "classes") == "1 class" && counted(0, "class", "classes") == "0 classes")
  }

  @Test func confusionIsDrawnInPerCentOfTheRow() {
    let matrix = ConfusionMatrix(
      labels: ["cat", "dog"], answers: ["cat", "dog", "unknown"], counts: [[1, 2, 1], [0, 300, 1]])
    let lines = matrix.lines(Output())
    #expect(
      lines == [
        "         a   b   c   recall", "cat a   25  50  25    0.250", "dog b    · 100  <1    0.997",
        "      c unknown",
      ])
  }
}

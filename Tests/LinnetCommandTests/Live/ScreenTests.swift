import LinnetImage
import Testing

@testable import linnet

@Suite struct ScreenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var keys: [Screen.Key]
    var rest: [UInt8] = []
  }

  @Test(arguments: [
    Case(
      testDescription: "letters", bytes: Array("a1é語".utf8),
      keys: ["a", "1", "é", "語"].map { .character($0) }),
    Case(
      testDescription: "enter and backspace", bytes: [13, 10, 127, 8],
      keys: [.enter, .enter, .backspace, .backspace]),
    Case(testDescription: "escape", bytes: [27], keys: [.escape]),
    Case(testDescription: "escape and a letter", bytes: [27, 97], keys: [.escape, .character("a")]),
    Case(
      testDescription: "arrows and function keys", bytes: Array("\u{1B}[A\u{1B}OP\u{1B}[15~x".utf8),
      keys: [.character("x")]),
    Case(testDescription: "control characters", bytes: [1, 9, 97], keys: [.character("a")]),
    Case(testDescription: "half a letter", bytes: [97, 0xC3], keys: [.character("a")], rest: [0xC3]),
  ])
  func findsKeys(_ each: Case) {
    var bytes = each.bytes
    let keys = Screen.keys(in: &bytes)
    #expect(keys == each.keys && bytes == each.rest)
  }

  @Test func anAnswerThatComesInPiecesIsNoKey() {
    var bytes = Array("a\u{1B}[?62;2".utf8)
    let first = Screen.keys(in: &bytes)
    bytes += "2cb".utf8
    let second = Screen.keys(in: &bytes)
    #expect(first == [.character("a")] && second == [.character("b")])
    #expect(bytes.isEmpty)
  }

  @Test(arguments: [
    ("\u{1B}[?62;4;22c", true), ("\u{1B}[?64;1;2c", false), ("\u{1B}[?4c", false), ("", false),
  ])
  func sixelsAreKnownByTheAnswer(answer: String, draws: Bool) {
    #expect(Screen.drawsSixels(Array(answer.utf8)) == draws)
  }

  @Test func textsAreFitted() {
    #expect(fitted("abc", 5) == "abc  ")
    #expect(fitted("abcdef", 5) == "abcd…")
    #expect(displayWidth(fitted("お茶お茶", 6)) == 6)
    #expect(fitted("x", 0).isEmpty)
    #expect(fitted("\u{1B}[2J", 20) == "\\u{1b}[2J           ")
  }

  @Test(arguments: [80, 40, 24, 12, 8])
  func scoresAreAsWideAsAsked(_ width: Int) {
    for share in [0, 0.004, 0.5, 1] as [Float] {
      #expect(displayWidth(StateLine.score("label", share, width: width, Output())) == width)
    }
  }
}

@Suite struct TerminalPictureTests {
  private static func picture(_ width: Int, _ height: Int) -> Picture {
    Picture(
      width: width, height: height,
      pixels: (0..<3 * width * height).map { UInt8(($0 / 3 % width) * 255 / max(1, width - 1)) })
  }

  @Test(arguments: TerminalPicture.Style.allCases)
  func fitsAndKeepsItsShape(_ style: TerminalPicture.Style) {
    for (columns, rows) in [(80, 24), (20, 24), (100, 3), (1, 1)] {
      let drawn = TerminalPicture(Self.picture(64, 48), columns: columns, rows: rows, style: style)
      #expect(drawn.columns <= columns && drawn.rows <= rows && drawn.columns >= 1 && drawn.rows >= 1)
      guard style != .sixel else { continue }
      #expect(drawn.lines.count == drawn.rows)
      #expect(drawn.lines.allSatisfy { displayWidth($0) == drawn.columns })
    }
    let drawn = TerminalPicture(Self.picture(64, 48), columns: 80, rows: 24, style: style)
    // Characters are twice as high as wide.
    #expect(abs(Double(drawn.columns) / Double(2 * drawn.rows) - 4.0 / 3) < 0.1)
  }

  @Test func halfBlocksHaveTheColours() {
    let picture = Picture(width: 1, height: 2, pixels: [255, 0, 0, 0, 0, 255])
    let blocks = TerminalPicture(picture, columns: 1, rows: 1, style: .blocks)
    #expect(blocks.lines == ["\u{1B}[38;2;255;0;0m\u{1B}[48;2;0;0;255m▀\u{1B}[0m"])
    let few = TerminalPicture(picture, columns: 1, rows: 1, style: .blocks256)
    #expect(few.lines == ["\u{1B}[38;5;196m\u{1B}[48;5;21m▀\u{1B}[0m"])
  }

  @Test func sixelsSayTheirSizeAndEnd() {
    let text = Sixel.encode(Self.picture(20, 7))
    #expect(text.hasPrefix("\u{1B}P0;1;q\"1;1;20;7#0;2;0;0;0"))
    #expect(text.hasSuffix("-\u{1B}\\"))
    #expect(text.filter { $0 == "-" }.count == 2, "two bands")
  }

  /// What is drawn has the picture's colours, area by area.
  @Test func sixelsShowThePicture() throws {
    let picture = Picture(width: 12, height: 12, pixels: (0..<144).flatMap { _ in [UInt8(200), 100, 30] })
    var sums = SIMD3<Int>()
    var count = 0
    for band in Sixel.encode(picture).split(separator: "q")[1].split(separator: "-").dropLast() {
      var colour = SIMD3<Int>()
      for part in band.split(separator: "#").dropFirst(band.first == "\"" ? 1 : 0) where !part.contains(";") {
        let digits = part.prefix { $0.isNumber }
        let number = try #require(Int(digits))
        colour = SIMD3(number / 42, number / 6 % 7, number % 6) &* SIMD3(255, 255, 255) / SIMD3(5, 6, 5)
        var rest = part.dropFirst(digits.count)
        while let character = rest.popFirst(), character != "$" {
          var times = 1
          var sixel = character
          if character == "!" {
            let digits = rest.prefix { $0.isNumber }
            times = try #require(Int(digits))
            rest = rest.dropFirst(digits.count)
            sixel = rest.removeFirst()
          }
          let bits = Int(sixel.asciiValue ?? 0x3F) - 0x3F
          sums &+= colour &* (times * bits.nonzeroBitCount)
          count += times * bits.nonzeroBitCount
        }
      }
    }
    #expect(count == 144)
    let mean = sums / max(1, count)
    #expect(abs(mean.x - 200) < 8 && abs(mean.y - 100) < 8 && abs(mean.z - 30) < 8, "\(mean)")
  }
}

import LinnetReport
import Testing

@Suite struct PlotTests {
  private let strange = "a<b>\"&'\nשלום"
  private let escaped = "a&lt;b&gt;&quot;&amp;&#39;␊שלום"

  /// Coordinates of the elements of a kind, as numbers.
  private func numbers(_ attribute: String, _ svg: String) -> [Double] {
    svg.split(separator: " ").compactMap {
      $0.hasPrefix(attribute + "=\"") ? Double($0.dropFirst(attribute.count + 2).prefix { $0 != "\"" }) : nil
    }
  }

  @Test func everyTagIsClosed() throws {
    let plot = Plot(
      strange, x: Axis(strange, logarithmic: [1, 2, 5]), y: Axis("y", 0...1),
      marks: [
        .band([.init(1, 0.1, 0.3), .init(5, 0.2, 0.9)], Series(strange, place: 0)),
        .line([.init(1, 0.2), .init(5, 0.6)], Series(strange, place: 0), hasDots: true),
        .dots([.init(2, 0.5, label: strange, isMarked: true)], Series("b", place: 13)),
        .columns([.init(from: 1, to: 2, height: 0.4, label: strange)], Series("c", place: 25)),
        .dots([.init(2, 0.5, label: "p", picture: DataURI(png: [1]), link: strange)], Series("d", place: 31)),
        .upright(2, label: strange), .guide(.init(1, 0), .init(5, 1)),
      ])
    for svg in [
      plot.svg.text,
      Heatmap(
        strange, rows: [strange, "b"], columns: [strange, "b", "unknown"], counts: [[3, 1, 0], [0, 0, 0]]
      )
      .svg.text,
      BarChart(strange, series: ["one", strange], rows: [.init(strange, [0.5, nil], interval: 0.1)]).svg.text,
    ] {
      #expect(try unclosed(svg) == [])
      #expect(svg.contains(escaped) && !svg.contains("a<b") && !svg.contains("\n"))
    }
  }

  @Test func greaterIsRightAndUp() {
    let svg = Plot(
      "p", x: Axis("", 0...10), y: Axis("", 0...1),
      marks: [
        .dots(
          [.init(0, 0, label: ""), .init(5, 0.5, label: ""), .init(10, 1, label: "")], Series("", place: 0))
      ]
    ).svg.text
    let (x, y) = (numbers("cx", svg), numbers("cy", svg))
    #expect(x.count == 3 && x == x.sorted() && abs(x[1] - (x[0] + x[2]) / 2) < 0.02)
    #expect(y.count == 3 && y == y.sorted(by: >) && abs(y[1] - (y[0] + y[2]) / 2) < 0.02)
    #expect(x[0] >= 0 && x[2] <= 340 && y[2] >= 0 && y[0] <= 240)
  }

  @Test func ratiosAreEvenOnALogarithmicAxis() {
    let svg = Plot(
      "p", x: Axis("", logarithmic: [1, 16]), y: Axis("", 0...1),
      marks: [.dots([1, 2, 4, 8, 16].map { .init($0, 0, label: "") }, Series("", place: 0))]
    ).svg.text
    let x = numbers("cx", svg)
    for place in 1..<4 { #expect(abs(2 * x[place] - x[place - 1] - x[place + 1]) < 0.03) }
  }

  @Test func seriesAreNamedWhenThereAreTwo() {
    func plot(_ names: [String]) -> String {
      Plot(
        "p", x: Axis("", 0...1), y: Axis("", 0...1),
        marks: names.enumerated().map { .line([.init(0, 0), .init(1, 1)], Series($1, place: $0)) }
      ).svg.text
    }
    #expect(!plot(["alone"]).contains(">alone<"))
    #expect(
      plot(["one", "other"]).contains(">one</text>") && plot(["one", "other"]).contains(">other</text>"))
  }

  @Test func cellsAreAsStrongAsTheirShare() {
    let svg = Heatmap("m", rows: ["a", "b"], counts: [[3, 1], [0, 0]]).svg.text
    #expect(numbers("fill-opacity", svg) == [0.79, 0.36, 0.35, 0.35].map { ($0 * 100).rounded() / 100 })
    #expect(svg.contains("a → b: 1 of 4, 25.0 %"))
  }

  @Test func barsEndWhereTheirValueDoes() {
    let svg = BarChart(
      "r", series: ["recall"], rows: [.init("a", [1]), .init("b", [0.25]), .init("c", [nil])]
    )
    .svg.text
    let widths = numbers("width", svg).dropFirst()
    let track = widths.max()!
    #expect(widths.map { ($0 / track * 100).rounded() } == [100, 100, 100, 25, 100])
    #expect(svg.contains(">–</text>"))
  }

  @Test func numbersThatAreNoneAreNoCoordinates() {
    let svg = Plot(
      "p", x: Axis("", 0...1), y: Axis("", 0...1),
      marks: [.line([.init(.nan, .infinity), .init(1, -.infinity)], Series("", place: 0), hasDots: true)]
    ).svg.text
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }
}

/// Names of elements that are left open, or closed without having been opened.
func unclosed(_ text: String) throws -> [String] {
  var open: [String] = []
  for part in text.split(separator: "<").map(String.init) {
    let tag = part.prefix { $0 != ">" }
    if tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
    let name = String(tag.prefix { $0 != " " })
    if name.hasPrefix("/") {
      guard open.last == String(name.dropFirst()) else { return open + [name] }
      open.removeLast()
    } else if !["meta", "img"].contains(name) {
      open.append(name)
    }
  }
  return open
}

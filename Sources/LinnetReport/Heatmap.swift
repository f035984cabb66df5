/// A confusion matrix as a map: a row a true class, a column an answer, each cell as strong as its share of the row.
public struct Heatmap: Sendable {
  public var title: String
  public var rows: [String]
  /// Names of the columns: those of the rows, and perhaps more.
  public var columns: [String]
  /// `counts[row][column]`.
  public var counts: [[Int]]

  public init(_ title: String, rows: [String], columns: [String]? = nil, counts: [[Int]]) {
    self.title = title
    self.rows = rows
    self.columns = columns ?? rows
    self.counts = counts
  }

  /// The side of a cell: smaller where there are many.
  private var cell: Double {
    switch columns.count {
    case ...8: 38
    case ...14: 30
    case ...24: 24
    case ...40: 17
    default: max(6, 640 / Double(columns.count))
    }
  }

  private var labelSize: Double { min(11, cell * 0.8) }

  /// The drawing.
  public var svg: Markup {
    let names = rows.map { shortened($0, to: 15) }
    let heads = columns.map { shortened($0, to: 13) }
    let side = 14 + (names.map(estimatedWidth).max() ?? 0) * labelSize
    // Heads are turned by 50°: they rise by sin 50° of their length and reach right by cos 50°.
    let longest = (heads.map(estimatedWidth).max() ?? 0) * labelSize
    let top = 12 + longest * 0.77
    let width = side + Double(columns.count) * cell + max(10, longest * 0.64 - cell / 2 + 4)
    let height = top + Double(rows.count) * cell + 4
    var parts: [Markup] = []
    for (place, head) in heads.enumerated() {
      let x = side + (Double(place) + 0.5) * cell + labelSize * 0.3
      parts.append(
        .element(
          "text",
          [
            "class": "tick", "font-size": coordinate(labelSize),
            "transform": "translate(\(coordinate(x)) \(coordinate(top - 5))) rotate(-50)",
          ], Markup(head), .element("title", [:], Markup(columns[place]))))
    }
    for (row, name) in names.enumerated() {
      let y = top + Double(row) * cell
      parts.append(
        .element(
          "text",
          [
            "class": "tick", "font-size": coordinate(labelSize), "text-anchor": "end",
            "x": coordinate(side - 6), "y": coordinate(y + cell / 2 + labelSize * 0.35),
          ], Markup(name), .element("title", [:], Markup(rows[row]))))
      parts += self.row(row, left: side, top: y)
    }
    return svgElement(width: width, height: height, title: title, least: min(width, 540) * 0.75, parts)
  }

  private func row(_ row: Int, left: Double, top: Double) -> [Markup] {
    let total = counts[row].reduce(0, +)
    return counts[row].enumerated().map { column, count in
      let share = total == 0 ? 0 : Double(count) / Double(total)
      let x = left + Double(column) * cell
      let kind = count == 0 ? "track" : row == column ? "s0" : "s1"
      // A little colour already for one of many, so that no confusion is lost.
      let strength = count == 0 ? 0.35 : 0.14 + 0.86 * share
      var parts: [Markup] = [
        .element(
          "rect",
          [
            "class": kind, "fill-opacity": coordinate(strength), "x": coordinate(x + 0.5),
            "y": coordinate(top + 0.5), "width": coordinate(cell - 1), "height": coordinate(cell - 1),
            "rx": coordinate(min(2, cell / 10)),
          ])
      ]
      if count > 0 && cell >= 17 {
        let size = min(12, cell * 0.42)
        parts.append(
          .element(
            "text",
            [
              "class": strength > 0.6 ? "over" : "value", "font-size": coordinate(size),
              "text-anchor": "middle", "x": coordinate(x + cell / 2),
              "y": coordinate(top + cell / 2 + size * 0.36),
            ], Markup(share < 0.005 ? "·" : decimal(share * 100, 0))))
      }
      parts.append(
        .element(
          "title", [:],
          Markup("\(rows[row]) → \(columns[column]): \(count) of \(total), \(decimal(share * 100, 1)) %")))
      return .element("g", [:], parts)
    }
  }
}

/// Horizontal bars from 0 to 1, a row each, the first series' values beside them; two series stand in one row, to be
/// compared.
public struct BarChart: Sendable {
  public struct Row: Sendable {
    public var name: String
    /// A value a series; `nil` draws nothing.
    public var values: [Double?]
    /// Half the width of the first value's confidence interval.
    public var interval: Double?

    public init(_ name: String, _ values: [Double?], interval: Double? = nil) {
      self.name = name
      self.values = values
      self.interval = interval
    }
  }

  public var title: String
  public var series: [String]
  public var rows: [Row]
  public var width: Double

  public init(_ title: String, series: [String], rows: [Row], width: Double = 340) {
    self.title = title
    self.series = series
    self.rows = rows
    self.width = width
  }

  /// The drawing.
  public var svg: Markup {
    let all = series.enumerated().map { Series($1, place: $0) }
    let legend = Legend(series.count > 1 ? all : [], width: width)
    let names = rows.map { shortened($0.name, to: 15) }
    let left = 8 + (names.map(estimatedWidth).max() ?? 0) * 11
    let right = width - 34
    let thick = series.count > 1 ? 7.0 : 11
    let pitch = max(20, thick * Double(series.count) + 8)
    var parts = [legend.drawing]
    for (place, row) in rows.enumerated() {
      let top = legend.height + 4 + Double(place) * pitch
      let middle = top + pitch / 2
      parts.append(
        .element(
          "text", ["x": coordinate(left - 8), "y": coordinate(middle + 4), "text-anchor": "end"],
          Markup(names[place]), .element("title", [:], Markup(row.name))))
      let first = middle - thick * Double(series.count) / 2
      for (number, value) in row.values.enumerated() {
        let y = first + Double(number) * thick
        parts.append(bar("track", 1, left, right, y, thick, ""))
        guard let value else { continue }
        let label = "\(row.name)\(series.count > 1 ? ", \(series[number])" : ""): \(decimal(value, 3))"
        parts.append(bar(all[number].colour, value, left, right, y, thick, label))
      }
      if let value = row.values.first ?? nil, let interval = row.interval, interval > 0 {
        let (low, high) = (max(0, value - interval), min(1, value + interval))
        let y = first + thick / 2
        parts.append(line("whisker", left + low * (right - left), y, left + high * (right - left), y))
      }
      parts.append(
        text((row.values.first ?? nil).map { decimal($0, 2) } ?? "–", "value", right + 6, middle + 4, "start")
      )
    }
    let height = legend.height + 8 + Double(rows.count) * pitch
    return svgElement(width: width, height: height, title: title, parts)
  }

  private func bar(
    _ kind: String, _ share: Double, _ left: Double, _ right: Double, _ y: Double, _ thick: Double,
    _ label: String
  ) -> Markup {
    .element(
      "rect",
      [
        "class": kind, "x": coordinate(left), "y": coordinate(y + 0.5),
        "width": coordinate(min(1, max(0, share)) * (right - left)), "height": coordinate(thick - 1),
        "rx": "1.5",
      ], label.isEmpty ? [] : [.element("title", [:], Markup(label))])
  }
}

extension Plot {
  /// The drawing.
  public var svg: Markup { Canvas(self).drawing }
}

/// Where a plot's parts lie, and how each is drawn.
private struct Canvas {
  private let plot: Plot
  private let legend: Legend
  private let left: Double
  private let right: Double
  private let top: Double
  private let bottom: Double

  init(_ plot: Plot) {
    self.plot = plot
    legend = Legend(plot.hasLegend ? plot.series : [], width: plot.width)
    let labels = plot.y.ticks.map { estimatedWidth($0.label) }.max() ?? 0
    left = 6 + labels * 11 + (labels > 0 ? 6 : 0) + (plot.y.title.isEmpty ? 0 : 16)
    right = plot.width - 12
    top = 10 + legend.height
    bottom = plot.height - 8 - (plot.x.ticks.isEmpty ? 0 : 16) - (plot.x.title.isEmpty ? 0 : 17)
  }

  private func x(_ value: Double) -> Double { left + plot.x.share(value) * (right - left) }
  private func y(_ value: Double) -> Double { bottom - plot.y.share(value) * (bottom - top) }
  private func place(_ point: Plot.Point) -> (x: Double, y: Double) { (x(point.x), y(point.y)) }

  var drawing: Markup {
    svgElement(
      width: plot.width, height: plot.height, title: plot.title,
      [axes, legend.drawing] + plot.marks.map(drawing))
  }

  private var axes: Markup {
    var result = Markup()
    for tick in plot.y.ticks {
      result += line("grid", left, y(tick.value), right, y(tick.value))
      result += text(tick.label, "tick", left - 6, y(tick.value) + 4, "end")
    }
    for tick in plot.x.ticks {
      result += line("grid", x(tick.value), bottom, x(tick.value), bottom + 4)
      result += text(tick.label, "tick", x(tick.value), bottom + 16, "middle")
    }
    if plot.x.ticks.isEmpty && plot.y.ticks.isEmpty {
      result += .element(
        "rect",
        [
          "class": "frame", "x": coordinate(left), "y": coordinate(top), "width": coordinate(right - left),
          "height": coordinate(bottom - top), "rx": "4",
        ])
    } else {
      result += line("axis", left, bottom, right, bottom)
    }
    if !plot.x.title.isEmpty {
      result += text(plot.x.title, "title", (left + right) / 2, plot.height - 6, "middle")
    }
    if !plot.y.title.isEmpty {
      let middle = (top + bottom) / 2
      result += .element(
        "text",
        [
          "class": "title", "text-anchor": "middle",
          "transform": "translate(13 \(coordinate(middle))) rotate(-90)",
        ], Markup(plot.y.title))
    }
    return result
  }

  private func drawing(_ mark: Plot.Mark) -> Markup {
    switch mark {
    case .line(let points, let series, let hasDots):
      var parts: [Markup] = [.element("path", ["class": "line", "d": path(points.map(place))])]
      if hasDots {
        parts += points.map { series.mark(x: x($0.x), y: y($0.y), radius: 3) }
      }
      return .element("g", ["class": series.colour], parts)
    case .band(let intervals, let series):
      let outline =
        intervals.map { (x: x($0.x), y: y($0.high)) }
        + intervals.reversed().map { (x: x($0.x), y: y($0.low)) }
      return .element("path", ["class": "band \(series.colour)", "d": path(outline, isClosed: true)])
    case .dots(let dots, let series):
      return .element("g", ["class": series.colour], dots.map { drawing($0, series) })
    case .columns(let columns, let series):
      return .element("g", ["class": "columns \(series.colour)"], columns.map(drawing))
    case .upright(let value, let label):
      let isLeft = plot.x.share(value) > 0.6
      return line("rule", x(value), top, x(value), bottom)
        + text(label, "note", x(value) + (isLeft ? -4 : 4), top + 9, isLeft ? "end" : "start")
    case .guide(let from, let to):
      return line("guide", x(from.x), y(from.y), x(to.x), y(to.y))
    }
  }

  private func drawing(_ dot: Plot.Dot, _ series: Series) -> Markup {
    var parts: [Markup] = []
    if let picture = dot.picture {
      let side = 2 * dot.radius
      let (left, top) = (x(dot.x) - dot.radius, y(dot.y) - dot.radius)
      parts.append(
        .element(
          "image",
          [
            "href": picture.text, "x": coordinate(left), "y": coordinate(top), "width": coordinate(side),
            "height": coordinate(side), "preserveAspectRatio": "xMidYMid slice",
          ]))
      parts.append(
        .element(
          "rect",
          [
            "class": "picture", "x": coordinate(left), "y": coordinate(top), "width": coordinate(side),
            "height": coordinate(side),
          ]))
    } else {
      parts.append(series.mark(x: x(dot.x), y: y(dot.y), radius: dot.radius))
    }
    if dot.isMarked {
      parts.append(
        .element(
          "circle",
          [
            "class": "ring", "cx": coordinate(x(dot.x)), "cy": coordinate(y(dot.y)),
            "r": coordinate(dot.radius * (dot.picture == nil ? 1 : 1.42) + 3),
          ]))
    }
    parts.append(.element("title", [:], Markup(dot.label)))
    guard let link = dot.link else { return .element("g", ["class": "dot"], parts) }
    return .element("a", ["class": "dot", "href": link], parts)
  }

  private func drawing(_ column: Plot.Column) -> Markup {
    let (from, to) = (x(column.from), x(column.to))
    let height = max(0, min(bottom - top, bottom - y(column.height)))
    return .element(
      "rect",
      [
        "x": coordinate(from + 0.5), "y": coordinate(bottom - height),
        "width": coordinate(max(0.5, to - from - 1)), "height": coordinate(height),
      ], .element("title", [:], Markup(column.label)))
  }
}

extension Plot {
  /// Named series in the order of their first mark, each once.
  fileprivate var series: [Series] {
    var result: [Series] = []
    for mark in marks {
      switch mark {
      case .line(_, let series, _), .band(_, let series), .dots(_, let series), .columns(_, let series):
        if !series.name.isEmpty && !result.contains(series) { result.append(series) }
      case .upright, .guide: break
      }
    }
    return result.count > 1 ? result : []
  }
}

/// The names of series beside their colours, in as many lines as they need.
struct Legend {
  private var parts = Markup()
  private(set) var height = 0.0

  init(_ series: [Series], width: Double) {
    guard !series.isEmpty else { return }
    var (x, y) = (6.0, 11.0)
    for one in series {
      let name = shortened(one.name, to: (width - 30) / 11)
      let wide = 16 + estimatedWidth(name) * 11 + 12
      if x > 6 && x + wide > width {
        x = 6
        y += 16
      }
      parts += .element("g", ["class": one.colour], one.mark(x: x + 5, y: y - 4, radius: 4.5))
      parts += text(name, "key", x + 14, y, "start")
      x += wide
    }
    height = y + 5
  }

  var drawing: Markup { parts }
}

/// The element around a drawing.
///
/// - Parameter least: narrower than this it is not shown in a wide figure, but scrolls.
func svgElement(
  width: Double, height: Double, title: String, least: Double = 0, _ content: [Markup]
) -> Markup {
  .element(
    "svg",
    [
      "xmlns": "http://www.w3.org/2000/svg", "class": "plot", "role": "img", "aria-label": title,
      "viewBox": "0 0 \(coordinate(width)) \(coordinate(height))", "width": coordinate(width),
      "height": coordinate(height),
      "style": "--natural:\(coordinate(width))px;--least:\(coordinate(least))px",
    ], content)
}

func line(_ kind: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> Markup {
  .element(
    "line",
    [
      "class": kind, "x1": coordinate(x1), "y1": coordinate(y1), "x2": coordinate(x2), "y2": coordinate(y2),
    ])
}

func text(_ content: String, _ kind: String, _ x: Double, _ y: Double, _ anchor: String) -> Markup {
  .element(
    "text", ["class": kind, "x": coordinate(x), "y": coordinate(y), "text-anchor": anchor], Markup(content))
}

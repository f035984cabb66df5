/// What belongs together in a plot, in one colour and, beyond the tenth, another shape.
public struct Series: Hashable, Sendable {
  public var name: String
  /// Which colour: 0, 1, 2 …
  public var place: Int

  public init(_ name: String, place: Int) {
    self.name = name
    self.place = place
  }

  static let colours = 10

  /// The class that the page's style gives its colour.
  var colour: String { "s\(place % Series.colours)" }

  /// A mark of it around a point.
  func mark(x: Double, y: Double, radius: Double) -> Markup {
    switch place / Series.colours % 4 {
    case 0:
      return .element("circle", ["cx": coordinate(x), "cy": coordinate(y), "r": coordinate(radius)])
    case 1:
      let side = radius * 0.89
      return .element(
        "rect",
        [
          "x": coordinate(x - side), "y": coordinate(y - side), "width": coordinate(2 * side),
          "height": coordinate(2 * side),
        ])
    case 2:
      let (low, wide) = (radius * 0.78, radius * 1.17)
      return .element(
        "path",
        [
          "d": path([(x, y - radius * 1.35), (x + wide, y + low), (x - wide, y + low)], isClosed: true)
        ])
    default:
      let reach = radius * 1.25
      return .element(
        "path", ["d": path([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], isClosed: true)])
    }
  }
}

/// The path data of straight lines through the points.
func path(_ points: [(x: Double, y: Double)], isClosed: Bool = false) -> String {
  var result = ""
  for (place, point) in points.enumerated() {
    result += (place == 0 ? "M" : "L") + coordinate(point.x) + " " + coordinate(point.y)
  }
  return result + (isClosed && !points.isEmpty ? "Z" : "")
}

/// About how wide `text` is drawn, in units of its size.
func estimatedWidth(_ text: String) -> Double {
  text.unicodeScalars.reduce(0) { sum, scalar in
    switch scalar.value {
    case 0x300...0x36F, 0x200B...0x200F: sum
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF00...0xFF60,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      sum + 1
    default: sum + 0.56
    }
  }
}

/// `text` cut so that it is at most about `width` wide, in units of its size.
func shortened(_ text: String, to width: Double) -> String {
  guard estimatedWidth(text) > width else { return text }
  var result = text
  while !result.isEmpty && estimatedWidth(result) + 0.56 > width { result.removeLast() }
  return result + "…"
}

/// HTML or SVG text in which all that is not markup has been escaped.
///
/// Made from plain text and elements only, so that a label or a file name can never become markup.
public struct Markup: Hashable, Sendable {
  /// The text, ready to be written.
  public private(set) var text: String

  /// Nothing.
  public init() { text = "" }

  /// Plain text. Control characters, which neither HTML nor XML can carry, become their visible symbols: a newline in
  /// a label shows as ␊ and does not break a line.
  public init(_ plain: String) {
    text = ""
    text.reserveCapacity(plain.utf8.count)
    for scalar in plain.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(Self.visible(scalar))
      }
    }
  }

  /// An element with its attributes in the order given, and what is in it.
  ///
  /// Names are the program's own; values are escaped.
  public static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: Markup...
  ) -> Markup {
    element(name, attributes, content)
  }

  /// An element with its attributes in the order given, and what is in it.
  public static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: [Markup]
  ) -> Markup {
    var result = Markup()
    result.text = "<\(name)"
    for (key, value) in attributes { result.text += " \(key)=\"\(Markup(value).text)\"" }
    if content.isEmpty && !isPaired("\(name)") {
      result.text += "/>"
    } else {
      result.text += ">"
      for part in content { result.text += part.text }
      result.text += "</\(name)>"
    }
    return result
  }

  /// What a program wrote itself as markup.
  init(trusted: String) { text = trusted }

  public static func += (left: inout Markup, right: Markup) { left.text += right.text }

  public static func + (left: Markup, right: Markup) -> Markup {
    var sum = left
    sum += right
    return sum
  }

  /// A line break in the source, which shows as nothing between blocks.
  static var newline: Markup { Markup(trusted: "\n") }

  /// Of HTML: an element that is written with an end even when it is empty.
  private static func isPaired(_ name: String) -> Bool {
    ["td", "th", "div", "span", "p", "figure", "section", "svg", "g", "text"].contains(name)
  }

  private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value) ?? scalar
    case 0x7F: "\u{2421}"
    case 0x80...0x9F, 0xFFFE, 0xFFFF: "\u{FFFD}"
    default: scalar
    }
  }
}

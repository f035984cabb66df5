/// A page of HTML that needs nothing beside itself: style and pictures are written into it, no script, light or dark as
/// the reader's system is.
///
/// What is added appears in the order added; the same additions give the same bytes.
public struct Page: Sendable {
  public var title: String
  /// A line under the title: of what, with what.
  public var subtitle: String
  private var body = Markup()

  public init(title: String, subtitle: String = "") {
    self.title = title
    self.subtitle = subtitle
  }

  /// Begins a section.
  public mutating func section(_ heading: String, note: String = "") {
    body += .element("h2", [:], .label(heading)) + .newline
    if !note.isEmpty { paragraph(note) }
  }

  public mutating func paragraph(_ text: String) {
    body += .element("p", [:], .label(text)) + .newline
  }

  /// Adds figures side by side, as many as fit.
  public mutating func add(_ figures: [Figure]) {
    guard !figures.isEmpty else { return }
    let kind = figures.count == 4 ? "figures pairs" : "figures"
    body += .element("div", ["class": kind], figures.map(\.markup)) + .newline
  }

  public mutating func add(_ table: Table) { body += table.markup + .newline }

  public mutating func add(_ facts: [Fact]) {
    guard !facts.isEmpty else { return }
    body += .element("dl", ["class": "facts"], facts.map(\.markup)) + .newline
  }

  public mutating func add(_ gallery: Gallery) {
    guard !gallery.pictures.isEmpty else { return }
    body += gallery.markup + .newline
  }

  /// The page.
  public var html: String {
    let head: [Markup] = [
      .element("meta", ["charset": "utf-8"]),
      .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .element("meta", ["name": "color-scheme", "content": "light dark"]),
      .element("title", [:], Markup(title)), .element("style", [:], Markup(trusted: Page.style)),
    ]
    var header: [Markup] = [.element("h1", [:], .label(title))]
    if !subtitle.isEmpty { header.append(.element("p", ["class": "subtitle"], .label(subtitle))) }
    let page = Markup.element(
      "html", ["lang": "en"], .newline, .element("head", [:], head), .newline,
      .element(
        "body", [:], .newline, .element("header", [:], header), .newline,
        .element("main", [:], .newline, body), .newline),
      .newline)
    return "<!DOCTYPE html>\n" + page.text + "\n"
  }
}

/// A drawing with a title and what to see in it.
public struct Figure: Sendable {
  public var title: String
  public var caption: String
  public var drawing: Markup
  /// Takes the page's whole width.
  public var isWide: Bool

  public init(_ title: String, caption: String = "", isWide: Bool = false, _ drawing: Markup) {
    self.title = title
    self.caption = caption
    self.drawing = drawing
    self.isWide = isWide
  }

  var markup: Markup {
    var parts: [Markup] = [
      .element("h3", [:], .label(title)), .element("div", ["class": "drawing"], drawing),
    ]
    if !caption.isEmpty { parts.append(.element("figcaption", [:], .label(caption))) }
    return .element("figure", ["class": isWide ? "wide" : "narrow"], parts) + .newline
  }
}

/// One number that matters, with what it is.
public struct Fact: Sendable {
  public var name: String
  public var value: String
  public var note: String

  public init(_ name: String, _ value: String, note: String = "") {
    self.name = name
    self.value = value
    self.note = note
  }

  var markup: Markup {
    var value: [Markup] = [Markup(self.value)]
    if !note.isEmpty { value.append(.element("small", [:], .label(note))) }
    return .element("div", [:], .element("dt", [:], .label(name)), .element("dd", [:], value))
  }
}

/// Rows of text under headings, the first column to the left, numbers to the right.
public struct Table: Sendable {
  public var headings: [String]
  public var rows: [[String]]
  /// Columns of text, beside the first.
  public var textColumns: Set<Int>

  public init(_ headings: [String], rows: [[String]], textColumns: Set<Int> = []) {
    self.headings = headings
    self.rows = rows
    self.textColumns = textColumns
  }

  var markup: Markup {
    func kind(_ column: Int) -> String { column == 0 || textColumns.contains(column) ? "text" : "number" }
    let head = headings.enumerated().map { column, heading in
      Markup.element("th", ["scope": "col", "class": kind(column)], .label(heading))
    }
    let body = rows.map { row in
      Markup.element(
        "tr", [:],
        row.enumerated().map { column, cell in
          Markup.element(column == 0 ? "th" : "td", ["class": kind(column)], .label(cell))
        }) + .newline
    }
    var content: [Markup] = []
    if !headings.isEmpty { content.append(.element("thead", [:], .element("tr", [:], head)) + .newline) }
    content.append(.element("tbody", [:], body))
    return .element("div", ["class": "table"], .element("table", [:], content))
  }
}

/// Small pictures with a few words under each.
public struct Gallery: Sendable {
  public struct Item: Sendable {
    /// `nil` where it could not be read.
    public var picture: DataURI?
    /// What stands under it, a line each.
    public var lines: [String]
    /// Shown when it is pointed at, such as the file's name.
    public var hint: String

    public init(_ picture: DataURI?, lines: [String], hint: String) {
      self.picture = picture
      self.lines = lines
      self.hint = hint
    }
  }

  public var pictures: [Item]

  public init(_ pictures: [Item]) { self.pictures = pictures }

  var markup: Markup {
    .element(
      "div", ["class": "gallery"],
      pictures.map { item in
        let picture =
          item.picture.map {
            Markup.element("img", ["src": $0.text, "alt": item.hint, "loading": "lazy"])
          } ?? .element("div", ["class": "missing"], Markup("not readable"))
        let lines = item.lines.enumerated().map { place, line in
          Markup.element("div", ["class": place == 0 ? "first" : "more"], .label(line))
        }
        return .element(
          "figure", ["title": item.hint], picture, .element("figcaption", [:], lines)) + .newline
      })
  }
}

extension Markup {
  /// Text whose writing direction is its own business: a label from right to left leaves the words beside it alone.
  static func label(_ text: String) -> Markup { .element("bdi", [:], Markup(text)) }
}

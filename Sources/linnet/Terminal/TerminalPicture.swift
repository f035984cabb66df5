internal import LinnetImage
internal import LinnetTensor

/// A picture as a terminal shows it.
struct TerminalPicture {
  enum Style: String, CaseIterable {
    /// Half blocks, two pixels a character, in all colours.
    case blocks
    /// Half blocks in the 216 colours that nearly every terminal has.
    case blocks256
    /// Shades without colour.
    case shades
    case sixel

    /// What suits a terminal of this kind that says nothing else of itself.
    static func usual(_ kind: String) -> Style {
      if let noColour = environmentVariable("NO_COLOR"), !noColour.isEmpty { return .shades }
      if ["truecolor", "24bit"].contains(environmentVariable("COLORTERM") ?? "") { return .blocks }
      return ["vt100", "vt220", "ansi"].contains(kind) ? .shades : .blocks256
    }
  }

  /// Columns and rows that it takes.
  let columns: Int
  let rows: Int
  /// A row of characters each; of sixels, one string that draws all rows.
  let lines: [String]

  /// The picture as large as it fits into so many columns and rows, its shape kept; at least one character.
  init(_ picture: Picture, columns: Int, rows: Int, style: Style, cell: (width: Int, height: Int) = (10, 20))
  {
    // Pixels to draw into: halves of characters, or what sixels make of them.
    let pixel = style == .sixel ? (width: 1, height: 1) : (width: cell.width, height: (cell.height + 1) / 2)
    let room = (width: columns * cell.width, height: rows * cell.height)
    let scale = min(
      Double(room.width) / Double(picture.width), Double(room.height) / Double(picture.height))
    let width = max(1, Int(Double(picture.width) * scale) / pixel.width)
    let height = max(1, Int(Double(picture.height) * scale) / pixel.height)
    let small = picture.resized(width: width, height: height, filter: .bilinear)
    switch style {
    case .sixel:
      self.columns = (width + cell.width - 1) / cell.width
      self.rows = (height + cell.height - 1) / cell.height
      lines = [Sixel.encode(small)]
    case .blocks, .blocks256:
      (self.columns, self.rows) = (width, (height + 1) / 2)
      lines = (0..<(height + 1) / 2).map { Self.blocks(small, row: $0, all: style == .blocks) }
    case .shades:
      (self.columns, self.rows) = (width, (height + 1) / 2)
      lines = (0..<(height + 1) / 2).map { Self.shades(small, row: $0) }
    }
  }

  private static func blocks(_ picture: Picture, row: Int, all: Bool) -> String {
    var text = ""
    var last: (String, String) = ("", "")
    for x in 0..<picture.width {
      let upper = colour(picture.colour(x, 2 * row), all: all)
      let lower = colour(picture.colour(x, min(2 * row + 1, picture.height - 1)), all: all)
      if upper != last.0 { text += "\u{1B}[38;" + upper + "m" }
      if lower != last.1 { text += "\u{1B}[48;" + lower + "m" }
      last = (upper, lower)
      text += "▀"
    }
    return text + "\u{1B}[0m"
  }

  /// The parameters of a colour: 24 bits, or one of the cube of six by six by six.
  private static func colour(_ colour: SIMD3<UInt8>, all: Bool) -> String {
    if all { return "2;\(colour.x);\(colour.y);\(colour.z)" }
    // The cube's steps are 0, 95, 135, 175, 215, 255.
    func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
    return "5;\(16 + 36 * step(colour.x) + 6 * step(colour.y) + step(colour.z))"
  }

  private static func shades(_ picture: Picture, row: Int) -> String {
    let shades: [Character] = [" ", "░", "▒", "▓", "█"]
    return String(
      (0..<picture.width).map { x in
        let upper = picture.luma(x, 2 * row)
        let lower = picture.luma(x, min(2 * row + 1, picture.height - 1))
        return shades[min(4, (upper + lower) / 2 * 5 / 256)]
      })
  }
}

extension Picture {
  /// Luma, 0…255.
  func luma(_ x: Int, _ y: Int) -> Int {
    let colour = colour(x, y)
    return (299 * Int(colour.x) + 587 * Int(colour.y) + 114 * Int(colour.z)) / 1000
  }

  func colour(_ x: Int, _ y: Int) -> SIMD3<UInt8> {
    let place = 3 * (y * width + x)
    return SIMD3(pixels[place], pixels[place + 1], pixels[place + 2])
  }
}

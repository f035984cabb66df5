/// Rows of text in columns, as wide as their widest cell.
struct TextTable {
  enum Alignment {
    case left
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ alignments: [Alignment]) { self.alignments = alignments }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows, two spaces between columns, none at the end of a row.
  var lines: [String] {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? displayWidth($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - displayWidth(cell))
        line += (column > 0 ? "  " : "") + (alignments[column] == .left ? cell + space : space + cell)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}

/// Columns that a text takes on a terminal: none for control sequences of colour, two for East Asian wide characters.
func displayWidth(_ text: String) -> Int {
  var width = 0
  var isInSequence = false
  for character in text {
    if character == "\u{1B}" {
      isInSequence = true
    } else if isInSequence {
      isInSequence = character != "m"
    } else if let value = character.unicodeScalars.first?.value {
      let isWide =
        (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value)
        || (0xAC00...0xD7A3).contains(value) || (0xF900...0xFAFF).contains(value)
        || (0xFE30...0xFE6F).contains(value) || (0xFF00...0xFF60).contains(value)
        || (0x1F300...0x1FAFF).contains(value) || (0x20000...0x3FFFD).contains(value)
      width += isWide ? 2 : 1
    }
  }
  return width
}

/// `value` with `digits` digits after the point.
func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "–" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let steps = (abs(value) * scale).rounded()
  guard steps < 1e15 else { return value.description }
  let whole = Int(steps) / Int(scale)
  let sign = value < 0 && steps > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(whole)" }
  let fraction = String(Int(steps) % Int(scale))
  return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
}

/// A share as per cent.
func percent(_ share: Float) -> String { decimal(Double(share) * 100, 1) + " %" }

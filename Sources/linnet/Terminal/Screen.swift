internal import CLinux

/// The whole terminal, drawn on and asked for keys, and given back as it was however the process ends.
final class Screen {
  enum Key: Equatable {
    case character(Character)
    case enter
    case backspace
    case escape
  }

  private(set) var size = ScreenSize(columns: 80, rows: 24)
  /// How pictures are drawn on it.
  let style: TerminalPicture.Style
  private let keys: Int32
  private var pending: [UInt8] = []
  private var isCleared = false

  /// `nil` where standard output is no terminal that can be drawn on.
  init?(_ wanted: TerminalPicture.Style?) {
    guard isatty(1) == 1, let kind = environmentVariable("TERM"), !["", "dumb"].contains(kind) else {
      return nil
    }
    let descriptor = unsafe linnet_open("/dev/tty", O_RDWR, 0)
    guard descriptor >= 0 else { return nil }
    guard linnet_terminal_take(descriptor) == 0 else {
      close(descriptor)
      return nil
    }
    keys = descriptor
    if let wanted {
      style = wanted
    } else {
      // What comes too late is still no key.
      let answer = Self.attributes(descriptor)
      style = Self.drawsSixels(answer) ? .sixel : .usual(kind)
      if answer.last != UInt8(ascii: "c") { pending = answer }
    }
    measure()
  }

  deinit {
    giveBack()
    close(keys)
  }

  /// From now on the terminal is as it was, and lines can be written.
  func giveBack() { linnet_terminal_give_back() }

  /// Puts texts at their places (rows and columns from 0) in one go.
  func draw(_ items: [(row: Int, column: Int, text: String)]) {
    var text = "\u{1B}[?2026h"
    if !isCleared { text += "\u{1B}[0m\u{1B}[2J" }
    isCleared = true
    for item in items { text += "\u{1B}[\(item.row + 1);\(item.column + 1)H" + item.text }
    Output.write(text + "\u{1B}[?2026l", to: 1)
  }

  /// Looks how large the terminal is now; true, and empty, when that has changed.
  @discardableResult func measure() -> Bool {
    var found = linnet_terminal_size()
    unsafe linnet_terminal_size(1, &found)
    guard found.columns > 0, found.rows > 0 else { return false }
    var now = ScreenSize(columns: Int(found.columns), rows: Int(found.rows))
    if found.width > 0, found.height > 0 {
      now.cell = (Int(found.width / found.columns), Int(found.height / found.rows))
    }
    guard now != size else { return false }
    size = now
    isCleared = false
    return true
  }

  /// What is drawn next is drawn on an empty screen.
  func clear() { isCleared = false }

  /// The keys pressed since the last call.
  func takeKeys() -> [Key] {
    pending += readKeys()
    return Self.keys(in: &pending)
  }

  /// The keys that `bytes` begins with; what may be the beginning of one stays. Keys that send sequences, as arrows do, are
  /// left out.
  static func keys(in bytes: inout [UInt8]) -> [Key] {
    var result: [Key] = []
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case 0x1B:
        let rest = bytes[(place + 1)...]
        guard let next = rest.first, next == UInt8(ascii: "[") || next == UInt8(ascii: "O") else {
          result.append(.escape)
          place += 1
          continue
        }
        guard let end = rest.dropFirst().firstIndex(where: { (0x40...0x7E).contains($0) }) else {
          bytes.removeFirst(place)
          return result
        }
        place = end + 1
      case 0x0D, 0x0A:
        result.append(.enter)
        place += 1
      case 0x08, 0x7F:
        result.append(.backspace)
        place += 1
      default:
        let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        guard place + length <= bytes.count else {
          bytes.removeFirst(place)
          return result
        }
        let text = String(decoding: bytes[place..<place + length], as: UTF8.self)
        if byte >= 0x20, let character = text.first { result.append(.character(character)) }
        place += length
      }
    }
    bytes = []
    return result
  }

  private func readKeys() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(keys, $0.baseAddress, $0.count) }
    return Array(bytes[..<max(0, count)])
  }

  /// Asks the terminal what it can do (DA1); as much of the answer as comes in half a second.
  private static func attributes(_ descriptor: Int32) -> [UInt8] {
    Output.write("\u{1B}[c", to: 1)
    var answer: [UInt8] = []
    let deadline = linnet_monotonic_nanoseconds() + 500_000_000
    while answer.last != UInt8(ascii: "c"), linnet_monotonic_nanoseconds() < deadline {
      guard linnet_wait(descriptor, Int16(POLLIN), -1, deadline) != 0 else { break }
      var byte: UInt8 = 0
      if unsafe read(descriptor, &byte, 1) == 1 { answer.append(byte) }
    }
    return answer
  }

  /// Whether the answer to DA1 has the number for sixels, 4, among its attributes.
  static func drawsSixels(_ answer: [UInt8]) -> Bool {
    guard answer.last == UInt8(ascii: "c") else { return false }
    let text = String(decoding: answer.dropLast(), as: UTF8.self).split(separator: "?").last ?? ""
    return text.split(separator: ";").dropFirst().contains("4")
  }
}

/// Extents of a terminal.
struct ScreenSize: Equatable {
  var columns: Int
  var rows: Int
  /// Pixels of a character.
  var cell: (width: Int, height: Int) = (10, 20)

  static func == (one: ScreenSize, other: ScreenSize) -> Bool {
    one.columns == other.columns && one.rows == other.rows && one.cell == other.cell
  }
}

/// `text`, without control characters, in exactly `width` columns: cut with an ellipsis, or filled with spaces.
func fitted(_ text: String, _ width: Int) -> String {
  var text = visible(text)
  if displayWidth(text) > width {
    while !text.isEmpty, displayWidth(text) > max(0, width - 1) { text.removeLast() }
    if width > 0 { text += "…" }
  }
  return text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}

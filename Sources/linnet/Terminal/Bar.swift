internal import CLinux

/// A horizontal bar: `share` of `width` columns, in eighths of a column; something at least, where there is something.
func bar(_ share: Double, width: Int) -> String {
  guard share > 0, width > 0 else { return "" }
  let eighths = max(1, Int((min(share, 1) * Double(width) * 8).rounded()))
  let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
}

extension Output {
  /// Columns left for bars beside lines of this width: none where a terminal is too narrow, else at most `limit`, and
  /// `usual` where there is no terminal.
  func barWidth(beside width: Int, limit: Int = 40, usual: Int = 24) -> Int {
    let columns = Int(linnet_terminal_columns(1))
    guard isTerminal, columns > 0 else { return usual }
    let room = columns - width - 2
    return room < 6 ? 0 : min(room, limit)
  }
}

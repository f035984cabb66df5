internal import CLinux

/// A bar on standard error while something takes long; nothing when that is no terminal.
final class ProgressBar {
  private var title: String
  private var total: Int
  private let isShown: Bool
  private var lastDrawn: UInt64
  private var isDrawn = false

  /// Nothing is drawn in the first 300 ms, so that short work leaves no trace.
  /// - Parameter isQuiet: draws nothing, for work whose answers appear on the terminal one by one.
  init(_ title: String, total: Int, isQuiet: Bool = false) {
    self.title = title
    self.total = total
    isShown = !isQuiet && isatty(2) == 1 && environmentVariable("TERM") != "dumb"
    lastDrawn = linnet_monotonic_nanoseconds() + 200_000_000
  }

  /// The next part of the work, in the place of the one before.
  func update(_ title: String, _ done: Int, of total: Int) {
    (self.title, self.total) = (title, total)
    update(done)
  }

  func update(_ done: Int) {
    guard isShown else { return }
    let now = linnet_monotonic_nanoseconds()
    guard now > lastDrawn + 100_000_000 else { return }
    lastDrawn = now
    isDrawn = true
    let columns = Int(linnet_terminal_columns(2))
    let count = " \(done)/\(total)"
    let width = max(8, min(40, (columns == 0 ? 80 : columns) - title.count - count.count - 4))
    let filled = total == 0 ? width : width * min(done, total) / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    Output.write("\r\u{1B}[K\(title) \(bar)\(count)", to: 2)
  }

  /// Takes the bar away, before anything else is written.
  func clear() {
    guard isDrawn else { return }
    isDrawn = false
    Output.write("\r\u{1B}[K", to: 2)
  }

  deinit { clear() }
}

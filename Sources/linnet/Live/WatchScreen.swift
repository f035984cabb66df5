internal import CLinux
internal import LinnetCapture
internal import LinnetImage
internal import LinnetPipeline

/// `linnet watch --show`: the picture as large as the terminal lets it be, and under it a line a head and one about the
/// source.
final class WatchScreen: WatchReport {
  /// `nil` once it was given back.
  private var screen: Screen?
  private let lines: WatchLines
  private let heads: [String]
  private let output: Output
  private var sourceLine = ""
  private var trouble: String?
  private var decisions: [LiveDecision?] = []
  private var area = (columns: 0, rows: 0)
  private var rate = FrameRate()
  private var pause = DrawingPause()
  private var lastStats: WatchStatistics?

  init(_ screen: Screen, lines: WatchLines, heads: [String], _ output: Output) {
    self.screen = screen
    self.lines = lines
    self.heads = heads
    self.output = output
  }

  var wantedPicture: (width: Int, height: Int)? {
    guard let screen, pause.isOver else { return nil }
    return (screen.size.columns * screen.size.cell.width, screen.size.rows * screen.size.cell.height)
  }

  func picture(_ picture: Picture, of frame: WatchedFrame) {
    guard let screen else { return }
    pause.begin()
    decisions = frame.decisions
    rate.add(frame.taken, count: frame.counts.source.delivered)
    let texts = texts(frame.counts)
    let drawn = TerminalPicture(
      picture, columns: screen.size.columns, rows: max(1, screen.size.rows - texts.count),
      style: screen.style,
      cell: screen.size.cell)
    if (drawn.columns, drawn.rows) != area { screen.clear() }
    area = (drawn.columns, drawn.rows)
    let left = (screen.size.columns - drawn.columns) / 2
    screen.draw(
      drawn.lines.enumerated().map { ($0.offset, left, $0.element) } + items(texts))
    pause.end()
  }

  func source(_ state: SourceNews, name: String, message: String) {
    sourceLine = name
    trouble = state == .waiting ? message : nil
    redraw()
  }

  func frame(_ frame: WatchedFrame) {}

  func decision(_ decisions: [LiveDecision?], frame: WatchedFrame?, counts: WatchCounts) {
    self.decisions = decisions
    if frame == nil { redraw() }
  }

  func attend() -> Bool {
    guard let screen else { return true }
    if screen.measure() { redraw() }
    return screen.takeKeys().contains { $0 == .character("q") || $0 == .escape }
  }

  func stats(_ stats: WatchStatistics) {
    lastStats = stats
  }

  func end(_ reason: EndReason, hasRecognised: Bool, counts: WatchCounts) {
    screen = nil
    lines.decision(decisions, frame: nil, counts: counts)
    if let lastStats { lines.stats(lastStats) }
  }

  private func redraw() {
    guard let screen else { return }
    screen.draw(items(texts(nil)))
  }

  private func items(_ texts: [String]) -> [(row: Int, column: Int, text: String)] {
    let first = max(0, (screen?.size.rows ?? 0) - texts.count)
    return texts.enumerated().map { (first + $0.offset, 0, $0.element) }
  }

  private func texts(_ counts: WatchCounts?) -> [String] {
    let width = screen?.size.columns ?? 80
    var texts = decisions.enumerated().map { place, decision in
      StateLine.text(decision, head: heads.count > 1 ? heads[place] : nil, width: width, output)
    }
    if texts.isEmpty { texts = [fitted("…", width)] }
    var parts: [String] = []
    if let rate = rate.perSecond { parts.append("\(decimal(rate, 1)) frames/s") }
    if let counts {
      let dropped = counts.source.replaced + counts.source.broken + counts.source.missed + counts.undecodable
      if dropped > 0 { parts.append("\(dropped) dropped") }
    }
    parts += ["q ends", sourceLine]
    let status = trouble.map { output.yellow(fitted($0, width)) }
    return texts + [status ?? output.dim(fitted(parts.joined(separator: " · "), width))]
  }
}

/// A decision in one line: name, bar, share.
enum StateLine {
  static func text(_ decision: LiveDecision?, head: String?, width: Int, _ output: Output) -> String {
    let lead = head.map { $0 + ": " } ?? ""
    switch decision?.state {
    case nil: return fitted(lead + "…", width)
    case .moving: return output.dim(fitted(lead + "moving", width))
    case .noPicture: return output.yellow(fitted(lead + "no picture", width))
    case .unknown:
      let nearest = decision?.nearest.map { "  (nearest: \($0) \(percent(decision?.confidence ?? 0)))" }
      return output.yellow(fitted(lead + "unknown" + (nearest ?? ""), width))
    case .label(let label):
      return output.bold(score(lead + label, decision?.confidence ?? 0, width: width, output))
    }
  }

  /// `name  ██████▌   97.2 %` in exactly `width` columns; without a bar where that would leave it no room.
  static func score(_ name: String, _ share: Float, width: Int, _ output: Output) -> String {
    let figure = percent(share)
    let figureWidth = 7
    let nameWidth = min(max(12, displayWidth(visible(name))), max(4, width - figureWidth - 2))
    let barWidth = min(48, width - nameWidth - figureWidth - 2)
    let tail = String(repeating: " ", count: max(0, figureWidth - displayWidth(figure))) + figure
    guard barWidth >= 6 else { return fitted(fitted(name, max(1, width - figureWidth)) + tail, width) }
    let rest = String(repeating: " ", count: width - nameWidth - barWidth - figureWidth - 2)
    return fitted(name, nameWidth) + " "
      + output.green(fitted(bar(Double(share), width: barWidth), barWidth)) + " " + output.bold(tail) + rest
  }
}

/// Frames a second, from the last few seconds of them.
struct FrameRate {
  private var marks: [(time: UInt64, count: UInt64)] = []

  mutating func add(_ time: UInt64, count: UInt64) {
    marks.append((time, count))
    while marks.count > 2, time > marks[0].time + 3_000_000_000 { marks.removeFirst() }
  }

  var perSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.time > first.time else { return nil }
    return Double(last.count - first.count) / (Double(last.time - first.time) / 1e9)
  }
}

/// Keeps drawing from taking more than a share of the time: at most fifteen times a second, and half as long as not.
struct DrawingPause {
  private var began: UInt64 = 0
  private var next: UInt64 = 0

  var isOver: Bool { linnet_monotonic_nanoseconds() >= next }

  mutating func begin() { began = linnet_monotonic_nanoseconds() }

  mutating func end() {
    let now = linnet_monotonic_nanoseconds()
    next = max(began + 66_000_000, now + 2 * (now - began))
  }
}

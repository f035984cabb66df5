internal import CLinux
internal import LinnetCapture
internal import LinnetPipeline

/// What `linnet watch` says, for people: a line when the decision changes, with the time of day.
final class WatchLines: WatchReport {
  /// Names, where there are several.
  private let heads: [String]
  private let everyFrame: Bool
  private let output: Output

  init(heads: [String], everyFrame: Bool, _ output: Output) {
    self.heads = heads.count > 1 ? heads : []
    self.everyFrame = everyFrame
    self.output = output
  }

  func source(_ state: SourceNews, name: String, message: String) {
    if state == .waiting { complain(message) } else { Output.write(visible(message) + "\n", to: 2) }
  }

  func frame(_ frame: WatchedFrame) {
    let name = frame.path.map { visible($0) } ?? "frame \(frame.sequence)"
    line(texts(frame.decisions), name)
  }

  func decision(_ decisions: [LiveDecision?], frame: WatchedFrame?, counts: WatchCounts) {
    guard !everyFrame || frame == nil else { return }
    line(texts(decisions), frame?.path.map { visible($0) })
  }

  func stats(_ stats: WatchStatistics) {
    for line in Self.lines(stats) { output.line(output.dim(line)) }
  }

  func end(_ reason: EndReason, hasRecognised: Bool, counts: WatchCounts) {
    if reason == .source { complain("no more pictures come") }
  }

  private func line(_ texts: [String], _ name: String?) {
    let lead = output.dim(timeOfDay()) + "  " + (name.map { output.dim($0) + "  " } ?? "")
    output.line(lead + texts.joined(separator: "   "))
  }

  private func texts(_ decisions: [LiveDecision?]) -> [String] {
    decisions.enumerated().map { place, decision in
      let name = heads.isEmpty ? "" : output.dim(visible(heads[place]) + ": ")
      return name + (decision.map { text($0) } ?? output.dim("…"))
    }
  }

  func text(_ decision: LiveDecision) -> String {
    switch decision.state {
    case .label(let label):
      return output.bold(visible(label)) + (decision.confidence.map { "  " + percent($0) } ?? "")
    case .unknown:
      let nearest = decision.nearest.map {
        output.dim("  (nearest: \(visible($0)) \(percent(decision.confidence ?? 0)))")
      }
      return output.yellow("unknown") + (nearest ?? "")
    case .moving: return output.dim("moving")
    case .noPicture: return output.yellow("no picture")
    }
  }

  static func lines(_ stats: WatchStatistics) -> [String] {
    let counts = stats.counts
    let dropped = [
      (counts.source.replaced, "replaced by newer ones"), (counts.source.broken, "broken"),
      (counts.source.missed, "missed"), (counts.undecodable, "not decodable"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let rate = decimal(stats.framesPerSecond, 1)
    var lines = [
      "\(stats.frames) frames in \(decimal(stats.seconds, 1)) s, \(rate) a second; dropped: "
        + (dropped.isEmpty ? "none" : dropped.joined(separator: ", "))
    ]
    var table = TextTable([.left, .right, .right])
    table.add(["", "p50 ms", "p99 ms"])
    for stage in stats.stages where stage.times.total > 0 {
      table.add([stage.name] + [0.5, 0.99].map { decimal(stage.times.milliseconds(quantile: $0) ?? 0, 2) })
    }
    lines += table.lines
    return lines
  }
}

/// The local time, as `17:04:59`.
func timeOfDay() -> String {
  var seconds = time(nil)
  var parts = unsafe tm()
  unsafe localtime_r(&seconds, &parts)
  func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  return unsafe "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
}

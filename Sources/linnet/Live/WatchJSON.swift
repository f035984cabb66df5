internal import CLinux
internal import LinnetCapture
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetTensor

/// What `linnet watch --json` writes; WATCH.md is the description.
final class WatchJSON: WatchReport {
  /// Names, where there are several.
  private let heads: [String]
  private let output: Output

  init(heads: [String], _ output: Output) {
    self.heads = heads.count > 1 ? heads : []
    self.output = output
  }

  func source(_ state: SourceNews, name: String, message: String) {
    line("source") { writer in
      writer.member("source", name)
      writer.member("state", state.rawValue)
      writer.member("message", message)
    }
  }

  func frame(_ frame: WatchedFrame) {
    line("frame") { writer in
      write(frame.decisions, to: &writer)
      writer.key("saw")
      write(saw: frame.saw, to: &writer)
      writer.member("sequence", Int(frame.sequence))
      writer.member("age_ms", age(since: frame.taken))
      writer.member("format", frame.format.pixels.rawValue)
      writer.member("width", frame.format.width)
      writer.member("height", frame.format.height)
      writer.member("luma", Self.tenth(Double(frame.look.luma)))
      if let path = frame.path { writer.member("picture", path) }
      write(frame.counts, to: &writer)
    }
  }

  func decision(_ decisions: [LiveDecision?], frame: WatchedFrame?, counts: WatchCounts) {
    line("decision") { writer in
      write(decisions, to: &writer)
      writer.member("sequence", frame.map { Int($0.sequence) })
      writer.member("age_ms", (frame?.taken ?? decisions.compactMap { $0?.taken }.max()).map(age))
      if let path = frame?.path { writer.member("picture", path) }
      write(counts, to: &writer)
    }
  }

  func stats(_ stats: WatchStatistics) {
    line("stats") { writer in
      writer.member("seconds", Self.tenth(stats.seconds))
      writer.member("frames_per_second", Self.tenth(stats.framesPerSecond))
      write(stats.counts, to: &writer)
      writer.key("stages")
      writer.beginObject()
      for stage in stats.stages {
        writer.key(stage.name)
        writer.beginObject()
        writer.member("p50_ms", stage.times.milliseconds(quantile: 0.5))
        writer.member("p99_ms", stage.times.milliseconds(quantile: 0.99))
        writer.endObject()
      }
      writer.endObject()
    }
  }

  func end(_ reason: EndReason, hasRecognised: Bool, counts: WatchCounts) {
    line("end") { writer in
      writer.member("reason", reason.rawValue)
      writer.member("recognised", hasRecognised)
      write(counts, to: &writer)
    }
  }

  private func line(_ event: String, _ members: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("event", event)
    writer.member("time", realTime())
    members(&writer)
    writer.endObject()
    output.line(writer.text)
  }

  private func write(_ decisions: [LiveDecision?], to writer: inout JSONWriter) {
    guard !heads.isEmpty else { return write(decisions[0], to: &writer) }
    writer.key("heads")
    writer.beginObject()
    for (head, decision) in zip(heads, decisions) {
      writer.key(head)
      writer.beginObject()
      write(decision, to: &writer)
      writer.endObject()
    }
    writer.endObject()
  }

  private func write(_ decision: LiveDecision?, to writer: inout JSONWriter) {
    writer.member("state", decision?.state.name)
    writer.member("label", decision?.label)
    writer.member("confidence", decision?.confidence.map { Double($0.description) ?? 0 })
    writer.member("nearest", decision?.nearest)
  }

  private func write(saw: [Decision], to writer: inout JSONWriter) {
    guard !saw.isEmpty else { return writer.null() }
    writer.beginObject()
    if heads.isEmpty {
      write(saw[0], to: &writer)
    } else {
      for (head, decision) in zip(heads, saw) {
        writer.key(head)
        writer.beginObject()
        write(decision, to: &writer)
        writer.endObject()
      }
    }
    writer.endObject()
  }

  private func write(_ decision: Decision, to writer: inout JSONWriter) {
    writer.member("label", decision.label)
    writer.member("confidence", decision.ranked.first?.confidence ?? 0)
    writer.member("nearest", decision.ranked.first?.label)
  }

  private func write(_ counts: WatchCounts, to writer: inout JSONWriter) {
    writer.key("counts")
    writer.beginObject()
    let source = counts.source
    for (name, count) in [
      ("delivered", source.delivered), ("replaced", source.replaced), ("broken", source.broken),
      ("missed", source.missed), ("undecodable", counts.undecodable), ("reopened", source.reopened),
    ] {
      writer.member(name, Int(clamping: count))
    }
    writer.endObject()
  }

  private func age(since taken: UInt64) -> Double {
    let now = linnet_monotonic_nanoseconds()
    return Self.tenth(Double(now - min(now, taken)) / 1e6)
  }

  private static func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// Seconds since 1970, to the millisecond.
  private func realTime() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return (Double(now.tv_sec) * 1000 + Double(now.tv_nsec / 1_000_000)) / 1000
  }
}

extension DecisionSmoothing.State {
  /// As programs read it.
  var name: String {
    switch self {
    case .label: "label"
    case .unknown: "unknown"
    case .moving: "moving"
    case .noPicture: "no picture"
    }
  }
}

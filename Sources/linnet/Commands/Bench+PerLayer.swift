internal import LinnetRuntime

extension Bench {
  /// `--per-layer`: a line a layer, and what layers of a kind take together.
  func reportLayers(of session: Session) {
    let before = Peak.measure(session.instructionSet)
    let times = LayerTimes.measure(session, runs: runs)
    let after = Peak.measure(session.instructionSet)
    let peak = before.gmacsPerSecond > after.gmacsPerSecond ? before : after
    let report = LayerReport(session: session, times: times, peak: peak)
    let output = Output()
    if json.isOn {
      output.line(report.jsonText(trace: trace))
    } else {
      for line in report.lines(output) { output.line(line) }
    }
  }
}

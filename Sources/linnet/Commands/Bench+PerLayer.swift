internal import LinnetRuntime

extension Bench {
  /// `--per-layer`: a line a layer, and what layers of a kind take together.
  func reportLayers(of session: Session) {
    var meter = PeakMeter(session.instructionSet)
    let times = LayerTimes.measure(session, runs: runs) { meter.measure(rounds: 3) }
    let report = LayerReport(session: session, times: times, peak: meter.peak)
    let output = Output()
    if json.isOn {
      output.line(report.jsonText(trace: trace))
    } else {
      for line in report.lines(output) { output.line(line) }
    }
  }
}

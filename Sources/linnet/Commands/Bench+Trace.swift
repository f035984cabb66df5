internal import LinnetRuntime
internal import LinnetSafetensors

extension Bench {
  /// Enough to see what is always so, few enough to look at.
  private static let tracedRuns = 5

  /// `--trace`: runs a few times, and writes when each layer began and ended. Before anything else is measured, so
  /// that a file that cannot be written is said at once.
  func writeTrace(of session: Session, to path: String) throws {
    let times = LayerTimes.measure(session, runs: Bench.tracedRuns)
    try reporting { try writeAtomically(Array(Trace(session: session, times: times).text.utf8), to: path) }
    if !json.isOn { Output().line("trace of \(times.runs.count) runs in \(visible(path))") }
  }
}

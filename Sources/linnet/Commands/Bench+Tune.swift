internal import LinnetModel
internal import LinnetRuntime

extension Bench {
  /// `--tune`: what choosing tiles and plans by their estimated cost is worth.
  func reportTuning(of model: Model) throws {
    let report = try reporting {
      try TuneReport.measure(model, SessionConfiguration().resolvedInstructionSet())
    }
    let output = Output()
    if json.isOn {
      output.line(report.jsonText)
    } else {
      for line in report.lines(output) { output.line(line) }
    }
  }
}

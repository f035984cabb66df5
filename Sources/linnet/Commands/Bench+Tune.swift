internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime

extension Bench {
  /// `--tune`: what the choice of tiles by their estimated cost is worth.
  func reportTuning(of model: Model) throws {
    let instructionSet = try reporting { try SessionConfiguration().resolvedInstructionSet() }
    let report = TuneReport.measure(model.name, ProductShape.list(model.graph), instructionSet)
    let output = Output()
    if json.isOn {
      output.line(report.jsonText)
    } else {
      for line in report.lines(output) { output.line(line) }
    }
  }
}

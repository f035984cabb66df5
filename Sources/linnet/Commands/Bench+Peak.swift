internal import LinnetKernels
internal import LinnetRuntime
internal import LinnetSafetensors

extension Bench {
  /// `--peak`: a line for every instruction set that this machine can run.
  func reportPeaks() throws {
    let used = try reporting { try SessionConfiguration().resolvedInstructionSet() }
    let peaks = InstructionSet.allCases.filter(\.isSupported).map { instructionSet in
      var meter = PeakMeter(instructionSet)
      meter.measure(rounds: 20)
      return meter.peak
    }
    let output = Output()
    if json.isOn {
      output.line(jsonText(peaks, used: used))
    } else {
      for line in lines(peaks, used: used, output) { output.line(line) }
    }
  }

  private func lines(_ peaks: [Peak], used: InstructionSet, _ output: Output) -> [String] {
    func table(barWidth: Int) -> TextTable {
      var table = TextTable([.left, .right, .left])
      table.add(["isa", "GMAC/s", "one thread"].map(output.bold))
      let greatest = peaks.map(\.gmacsPerSecond).max() ?? 0
      for peak in peaks {
        let drawn = bar(peak.gmacsPerSecond / greatest, width: barWidth)
        table.add([
          peak.instructionSet.name, decimal(peak.gmacsPerSecond, 1),
          peak.instructionSet == used ? output.green(drawn) + " in use" : drawn,
        ])
      }
      return table
    }
    let bare = table(barWidth: 0).lines.map(displayWidth).max() ?? 0
    return table(barWidth: output.barWidth(beside: bare)).lines
  }

  private func jsonText(_ peaks: [Peak], used: InstructionSet) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("isa", used.name)
    writer.member("threads", 1)
    writer.key("peaks")
    writer.beginArray()
    for peak in peaks {
      writer.beginObject()
      writer.member("isa", peak.instructionSet.name)
      writer.member("kernel", peak.kernel.name)
      writer.member("gmacs_per_s", peak.gmacsPerSecond)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }
}

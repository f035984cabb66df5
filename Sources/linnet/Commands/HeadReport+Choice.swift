internal import LinnetHead
internal import LinnetSafetensors

/// What `auto` compared, as text and as JSON.
extension HeadReport {
  func printChoice(_ output: Output) {
    guard let choice = head.choice else { return }
    output.line(output.bold("chosen") + "  " + visible(choice.explanation))
    guard choice.candidates.count > 1 else { return }
    var table = TextTable([.left, .right, .right])
    table.add([output.dim("held out"), output.dim("balanced accuracy"), output.dim("log-likelihood")])
    for (place, candidate) in choice.candidates.enumerated() {
      let name = visible(candidate.name)
      table.add([
        place == choice.chosen ? output.bold(name) : name, candidate.accuracy.map { percent($0) } ?? "",
        candidate.likelihood.map { decimal(Double($0), 3) } ?? "",
      ])
    }
    for line in table.lines { output.line("  " + line) }
  }

  func writeChoice(to writer: inout JSONWriter) {
    writer.key("choice")
    guard let choice = head.choice else {
      writer.null()
      return
    }
    writer.beginObject()
    writer.member("explanation", choice.explanation)
    writer.member("chosen", choice.candidates[choice.chosen].name)
    writer.key("candidates")
    writer.beginArray()
    for candidate in choice.candidates {
      writer.beginObject()
      writer.member("name", candidate.name)
      writer.member("method", candidate.method.rawValue)
      writer.member("accuracy", candidate.accuracy.map(Double.init))
      writer.member("likelihood", candidate.likelihood.map(Double.init))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

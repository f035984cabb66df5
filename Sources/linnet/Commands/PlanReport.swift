internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetTensor

/// What `linnet inspect --plan` says: the steps of a run, and where in the arena each finds and leaves its tensors.
struct PlanReport {
  private let session: Session
  private let map: ArenaMap

  init(_ session: Session) {
    self.session = session
    map = ArenaMap(
      session.model.graph,
      steps: session.steps.map { $0.stages.map { session.stages[$0].operatorIndex } },
      offsets: session.tensorOffsets)
  }

  func print(json: Bool) {
    let output = Output()
    if json { output.line(jsonText) } else { for line in lines(output) { output.line(line) } }
  }

  private var graph: Graph { session.model.graph }

  /// The step with the most bytes in use.
  private var fullest: Int? {
    session.steps.indices.max { (map.liveBytes(in: $0), $1) < (map.liveBytes(in: $1), $0) }
  }
}

// MARK: As a table

extension PlanReport {
  private func lines(_ output: Output) -> [String] {
    let threads = "\(session.threads) thread\(session.threads == 1 ? "" : "s")"
    let bare = table(output, columns: 0).lines.map(displayWidth).max() ?? 0
    let columns = max(16, output.barWidth(beside: bare, limit: 64, usual: 48))
    return [
      "\(output.bold(session.model.name))  \(session.instructionSet.name), \(threads)",
      "arena \(kibibytes(session.arenaBytes)) KiB: \(kibibytes(session.activationBytes)) of activations, the rest scratch"
        + (fullest.map { "; most in use in step \($0): \(kibibytes(map.liveBytes(in: $0))) KiB" } ?? ""),
      output.dim(
        "█ written  ▒ read  ░ kept for later  · free; a column is \(kibibytes(map.byteCount / columns)) KiB"),
      "",
    ] + table(output, columns: columns).lines
  }

  private func table(_ output: Output, columns: Int) -> TextTable {
    var table = TextTable([.right, .left, .left, .left, .right, .right, .right, .left])
    table.add(["step", "does", "output", "shared by", "rows", "rings", "in use", "arena"].map(output.bold))
    for (number, step) in session.steps.enumerated() {
      let stages = step.stages.map { session.stages[$0] }
      table.add([
        "\(number)", stages.map { visible($0.name) }.joined(separator: " → "),
        stages.last?.output.text ?? "", step.division, step.stripRows.map { "\($0)" } ?? "all",
        step.ringBytes > 0 ? kibibytes(step.ringBytes) : "", kibibytes(map.liveBytes(in: number)),
        drawn(map.line(step: number, columns: columns), output),
      ])
    }
    return table
  }

  private func drawn(_ line: [ArenaMap.Use], _ output: Output) -> String {
    line.map { use in
      switch use {
      case .written: output.green(use.mark)
      case .read: output.yellow(use.mark)
      case .kept: use.mark
      case .free: output.dim(use.mark)
      }
    }.joined()
  }

  private func kibibytes(_ bytes: Int) -> String { decimal(Double(bytes) / 1024, 1) }
}

// MARK: As JSON

extension PlanReport {
  private var jsonText: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", session.model.name)
    writer.member("isa", session.instructionSet.name)
    writer.member("threads", session.threads)
    writer.member("arena_bytes", session.arenaBytes)
    writer.member("activation_bytes", session.activationBytes)
    writer.member("greatest_live_bytes", fullest.map { map.liveBytes(in: $0) } ?? 0)
    writer.key("steps")
    writer.beginArray()
    for (number, step) in session.steps.enumerated() {
      writer.beginObject()
      writer.key("stages")
      writer.beginArray()
      for stage in step.stages.map({ session.stages[$0] }) {
        writer.beginObject()
        writer.member("name", stage.name)
        writer.member("kind", stage.kind)
        writer.member("kernel", stage.kernel)
        writer.member("output", [stage.output.height, stage.output.width, stage.output.channels])
        writer.endObject()
      }
      writer.endArray()
      writer.member("division", step.division)
      if let rows = step.stripRows { writer.member("strip_rows", rows) }
      writer.member("ring_rows", step.ringRows)
      writer.member("ring_bytes", step.ringBytes)
      writer.member("live_bytes", map.liveBytes(in: number))
      writer.key("arena")
      writer.beginArray()
      for resident in map.residents {
        guard let use = map.use(of: resident, in: number) else { continue }
        writer.beginObject()
        writer.member("tensor", graph.tensors[resident.tensor].name)
        writer.member("use", "\(use)")
        writer.member("offset", resident.offset)
        writer.member("bytes", resident.byteCount)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }
}

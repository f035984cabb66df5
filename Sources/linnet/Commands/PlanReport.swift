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
    let stages = session.stages
    map = ArenaMap(
      session.model.graph, steps: session.steps.map { $0.stages.map { stages[$0].operatorIndex } },
      offsets: session.tensorOffsets)
  }

  func print(json: Bool) {
    let output = Output()
    if json { output.line(jsonText) } else { for line in lines(output) { output.line(line) } }
  }

  private var graph: Graph { session.model.graph }

  /// The step with the most bytes of the arena in use.
  private var fullest: Int? {
    session.steps.indices.max { (map.liveBytes(in: $0), $1) < (map.liveBytes(in: $1), $0) }
  }

  /// A stage, and the rows of its output that exist at a time where it does not make the whole at once.
  private typealias Part = (stage: StageDescription, rows: Int?, isInRing: Bool)

  private func parts(of step: StepDescription) -> [Part] {
    let stages = step.stages.map { session.stages[$0] }
    return stages.enumerated().map { place, stage in
      guard place < step.ringRows.count else { return (stage, step.stripRows, false) }
      return (stage, step.ringRows[place], true)
    }
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
      "arena \(kibibytes(session.arenaBytes)) KiB: \(kibibytes(session.activationBytes)) of tensors, "
        + "\(kibibytes(session.threadBytes)) of rows and scratch a thread"
        + (fullest.map { "; fullest in step \($0): \(kibibytes(map.liveBytes(in: $0))) KiB of tensors" } ?? ""),
      output.dim(
        "█ written  ▒ read  ░ kept for later  · free; a column is \(map.byteCount / columns) bytes"),
      "",
    ] + table(output, columns: columns).lines
  }

  private func table(_ output: Output, columns: Int) -> TextTable {
    var table = TextTable([.right, .left, .left, .left, .right, .right, .right, .right, .left])
    table.add(
      ["step", "does", "shared by", "output", "rows", "at KiB", "KiB", "in use", "arena"].map(output.bold))
    for (number, step) in session.steps.enumerated() {
      let parts = parts(of: step)
      for (place, part) in parts.enumerated() {
        let isLast = place == parts.count - 1
        let tensor = graph.operators[part.stage.operatorIndex].output
        let shape = graph.tensors[tensor].shape
        let bytes =
          part.isInRing ? (part.rows ?? 0) * shape.width * shape.channels : graph.tensors[tensor].byteCount
        table.add([
          place == 0 ? "\(number)" : "", visible(part.stage.name), place == 0 ? step.division : "",
          part.stage.output.text, part.rows.map { "\($0)" } ?? "all",
          part.isInRing ? "ring" : session.tensorOffsets[tensor].map(kibibytes) ?? "–", kibibytes(bytes),
          isLast ? kibibytes(map.liveBytes(in: number)) : "",
          isLast ? drawn(map.line(step: number, columns: columns), output) : "",
        ])
      }
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
    writer.member("thread_bytes", session.threadBytes)
    writer.member("greatest_live_bytes", fullest.map { map.liveBytes(in: $0) } ?? 0)
    writer.key("steps")
    writer.beginArray()
    for (number, step) in session.steps.enumerated() {
      writer.beginObject()
      writer.member("division", step.division)
      writer.member("strip_rows", step.stripRows)
      writer.member("ring_bytes", step.ringBytes)
      writer.key("stages")
      writer.beginArray()
      for part in parts(of: step) {
        writer.beginObject()
        writer.member("name", part.stage.name)
        writer.member("kind", part.stage.kind)
        writer.member("kernel", part.stage.kernel)
        writer.member(
          "output", [part.stage.output.height, part.stage.output.width, part.stage.output.channels])
        writer.member("ring_rows", part.isInRing ? part.rows : nil)
        writer.endObject()
      }
      writer.endArray()
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

internal import LinnetKernels
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetTensor

/// What `linnet inspect` says of a model.
struct ModelReport {
  let model: Model
  let session: Session
  /// Whether the digest is that of the file's contents.
  let isWhole: Bool

  init(model: Model, session: Session) {
    self.model = model
    self.session = session
    isWhole = model.verifyDigest()
  }

  func print(json: Bool) {
    let output = Output()
    if json { output.line(jsonText) } else { for line in lines(output) { output.line(line) } }
  }

  private var facts: [(String, String)] {
    let macs = Double(session.stages.reduce(0) { $0 + $1.multiplyAccumulates }) / 1e6
    return [
      ("name", model.name), ("source", model.source), ("license", model.license),
      ("digest", model.digest + (isWhole ? " (verified)" : " (WRONG: the file is damaged)")),
      ("input", describe(model.graph.input)), ("output", describe(model.graph.output)),
      ("taps", model.graph.taps.isEmpty ? "none" : taps),
      ("pictures", model.preprocessing.map(describe) ?? "none taken"),
      (
        "work",
        "\(decimal(macs, 2)) million multiply-accumulates in \(session.stages.count) layers, \(session.steps.count) steps"
      ),
      ("isa", "\(session.instructionSet.name), \(session.threads) thread\(session.threads == 1 ? "" : "s")"),
      ("arena", "\(session.arenaBytes) bytes, \(session.activationBytes) of them activations"),
    ]
  }

  private var taps: String {
    let maps = model.graph.operators.filter { model.graph.taps.contains($0.output) }.map { step in
      let map = model.graph.tensors[step.inputs[0]]
      return "\(map.name) \(map.shape.text)"
    }
    return maps.joined(separator: ", ") + ": a vector of \(model.dimension)"
  }

  private func lines(_ output: Output) -> [String] {
    var table = TextTable([.left, .left])
    for (name, value) in facts { table.add([output.bold(name), value]) }
    var steps = TextTable([.right, .left, .left, .left, .left, .right, .right, .left])
    steps.add(
      ["layer", "name", "kind", "output", "scale, zero point", "10³ MAC", "arena", "kernel"].map(output.bold))
    for (number, step) in session.stages.enumerated() {
      let node = model.graph.operators[step.operatorIndex]
      let tensor = model.graph.tensors[node.output]
      let codes = tensor.quantisation.map { "\($0.scale), \($0.zeroPoint)" } ?? "float32"
      steps.add([
        "\(number)", step.name, step.kind, step.output.text, codes,
        decimal(Double(step.multiplyAccumulates) / 1e3, 0),
        session.tensorOffsets[node.output].map { "\($0)" } ?? "ring",
        step.kernel,
      ])
    }
    return table.lines + [""] + steps.lines
  }

  private func describe(_ tensor: Int) -> String {
    let tensor = model.graph.tensors[tensor]
    let codes = tensor.quantisation.map { "int8, scale \($0.scale), zero point \($0.zeroPoint)" } ?? "float32"
    return "\(tensor.name) \(tensor.shape.text), \(codes)"
  }

  private func describe(_ preprocessing: Preprocessing) -> String {
    let part =
      switch preprocessing.fit {
      case .centreCrop(let fraction): "centre \(decimal(fraction * 100, 1)) % of the shorter side"
      case .stretch: "the whole, stretched"
      }
    let (mean, deviation) = (preprocessing.mean, preprocessing.deviation)
    return "\(part) to \(preprocessing.height)×\(preprocessing.width) (\(preprocessing.filter)), "
      + "(p − [\(mean.x), \(mean.y), \(mean.z)]) / [\(deviation.x), \(deviation.y), \(deviation.z)], "
      + (preprocessing.order == .rgb ? "RGB" : "BGR")
  }

  private var jsonText: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("name", model.name)
    writer.member("source", model.source)
    writer.member("license", model.license)
    writer.member("digest", model.digest)
    writer.member("digest_is_right", isWhole)
    writer.member("isa", session.instructionSet.name)
    writer.member("threads", session.threads)
    writer.member("macs", session.stages.reduce(0) { $0 + $1.multiplyAccumulates })
    writer.member("arena_bytes", session.arenaBytes)
    writer.member("activation_bytes", session.activationBytes)
    writer.key("input")
    write(model.graph.input, to: &writer)
    writer.key("output")
    write(model.graph.output, to: &writer)
    writer.member("blocks", model.blocks)
    writer.key("steps")
    writer.beginArray()
    for step in session.stages {
      let node = model.graph.operators[step.operatorIndex]
      writer.beginObject()
      writer.member("name", step.name)
      writer.member("kind", step.kind)
      writer.member("kernel", step.kernel)
      writer.member("macs", step.multiplyAccumulates)
      writer.key("output")
      write(node.output, to: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }

  private func write(_ tensor: Int, to writer: inout JSONWriter) {
    let place = session.tensorOffsets[tensor]
    let tensor = model.graph.tensors[tensor]
    writer.beginObject()
    writer.member("name", tensor.name)
    writer.member("shape", [tensor.shape.height, tensor.shape.width, tensor.shape.channels])
    writer.member("type", tensor.quantisation == nil ? "float32" : "int8")
    if let quantisation = tensor.quantisation {
      writer.member("scale", quantisation.scale)
      writer.member("zero_point", Int(quantisation.zeroPoint))
    }
    if let place { writer.member("arena_offset", place) }
    writer.member("bytes", tensor.byteCount)
    writer.endObject()
  }
}

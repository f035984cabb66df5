import LinnetModel
import LinnetSafetensors
import LinnetTensor

extension NetworkSketch {
  /// The model file, the last tensor that is no tap being the network's output.
  func bytes() throws -> [UInt8] {
    var writer = SafetensorsWriter()
    var digest = SHA256()
    let graph = graphText
    digest.update(graph)
    for (index, step) in operators.enumerated() {
      guard let weights = step.weights else { continue }
      let tensors: [(String, SafetensorsType, [Int], [UInt8])] = [
        ("\(index).weights", .i8, weights.packedShape, weights.packed.map { UInt8(bitPattern: $0) }),
        ("\(index).bias", .i32, [2, weights.bias.count / 2], weights.bias.flatMap(littleEndian)),
        (
          "\(index).multiplier", .f32, [weights.multiplier.count],
          weights.multiplier.flatMap { littleEndian($0.bitPattern) }
        ),
      ]
      for (name, type, shape, bytes) in tensors {
        try writer.add(name, type, shape: shape, bytes: bytes)
        digest.update(bytes)
      }
    }
    writer.metadata = [
      "linnet.format": taps.isEmpty ? "1" : "2", "linnet.name": "random", "linnet.source": "random",
      "linnet.license": "none",
      "linnet.graph": graph, "linnet.digest": SHA256.text(digest.finish()),
    ]
    return writer.serialised()
  }

  /// One line that tells the network to a person.
  var text: String {
    var text = shape(0).text
    for step in operators {
      text += "; \(step.inputs.map { "\($0)" }.joined(separator: "+")) \(step.kind)"
      if let window = step.window {
        text +=
          " \(window.kernel.height)×\(window.kernel.width)/\(window.stride.height),\(window.stride.width)"
        let padding = window.padding
        if !padding.isZero { text += " p\(padding.top),\(padding.left),\(padding.bottom),\(padding.right)" }
      }
      if let groups = step.groups, groups > 1 { text += " g\(groups)" }
      if let repeats = step.weights?.repeats, !repeats.isEmpty { text += " r\(repeats.count)" }
      text += " → \(shape(step.output).text)"
    }
    return text
  }

  private func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    stride(from: 0, to: T.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> T($0)) }
  }

  private var graphText: String {
    var json = JSONWriter()
    json.beginObject()
    json.key("tensors")
    json.beginArray()
    for (index, tensor) in tensors.enumerated() {
      json.beginObject()
      json.key("name")
      json.value("t\(index)")
      json.key("shape")
      json.list([tensor.shape.height, tensor.shape.width, tensor.shape.channels])
      json.key("type")
      json.value(tensor.quantisation == nil ? "float32" : "int8")
      if let quantisation = tensor.quantisation {
        json.key("scale")
        json.value(quantisation.scale)
        json.key("zero_point")
        json.value(Int(quantisation.zeroPoint))
      }
      json.endObject()
    }
    json.endArray()
    json.key("operators")
    json.beginArray()
    for (index, step) in operators.enumerated() { write(step, index, to: &json) }
    json.endArray()
    json.key("input")
    json.value(0)
    json.key("output")
    json.value(tensors.indices.last { !taps.contains($0) } ?? 0)
    if !taps.isEmpty {
      json.key("taps")
      json.list(taps)
    }
    json.endObject()
    return json.text
  }

  private func write(_ step: Operator, _ index: Int, to json: inout JSONWriter) {
    json.beginObject()
    json.key("kind")
    json.value(step.kind)
    json.key("name")
    json.value("\(index) \(step.kind)")
    json.key("inputs")
    json.list(step.inputs)
    json.key("output")
    json.value(step.output)
    if let window = step.window {
      json.key("kernel")
      json.list([window.kernel.height, window.kernel.width])
      json.key("stride")
      json.list([window.stride.height, window.stride.width])
    }
    if let padding = step.window?.padding ?? step.padding {
      json.key("padding")
      json.list([padding.top, padding.left, padding.bottom, padding.right])
    }
    if let groups = step.groups {
      json.key("groups")
      json.value(groups)
    }
    if let range = step.range {
      json.key("range")
      json.list([range.lowerBound, range.upperBound])
    }
    if let weights = step.weights {
      if !weights.repeats.isEmpty {
        json.key("repeats")
        json.list(weights.repeats)
      }
      for key in ["weights", "bias", "multiplier"] {
        json.key(key)
        json.value("\(index).\(key)")
      }
    }
    json.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func list(_ values: [Int]) {
    beginArray()
    for value in values { self.value(value) }
    endArray()
  }
}

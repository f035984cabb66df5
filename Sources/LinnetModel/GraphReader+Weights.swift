internal import LinnetSafetensors
internal import LinnetTensor

extension OperatorScope {
  func convolution() throws(ModelError) -> Operator.Kind {
    let window = try window()
    let groups = try reader.integer(
      json["groups"], in: 1...GraphReader.greatestExtent, place: place, key: "groups")
    guard x.shape.channels % groups == 0, output.shape.channels % groups == 0 else {
      throw broken("its channels are not divisible by its \(groups) groups")
    }
    try requireWindow(window)
    let weights = try weights(
      panels: groups * panels(output.shape.channels / groups),
      try layout(runs: window.kernel.height, taps: window.kernel.width * (x.shape.channels / groups)))
    return .convolution(window, groups: groups, weights)
  }

  func depthwise() throws(ModelError) -> Operator.Kind {
    let window = try window()
    guard output.shape.channels % x.shape.channels == 0 else {
      throw broken("its output channels are not a multiple of its input's")
    }
    try requireWindow(window)
    let columns = TapLayout(runs: window.kernel.width, taps: window.kernel.height)
    return .depthwise(window, try weights(panels: panels(output.shape.channels), columns))
  }

  func fullyConnected() throws(ModelError) -> Operator.Kind {
    try requireOutput(Shape(height: 1, width: 1, channels: output.shape.channels))
    return .fullyConnected(
      try weights(panels: panels(output.shape.channels), try layout(runs: 1, taps: x.shape.count)))
  }

  private func panels(_ channels: Int) -> Int { (channels + 15) / 16 }

  private func requireWindow(_ window: WindowShape) throws(ModelError) {
    guard window.kernel.height * window.kernel.width <= 1 << 16 else {
      throw broken("its kernel is too large")
    }
    guard let made = window.output(over: x.shape) else { throw broken("its kernel does not fit its input") }
    try requireOutput(Shape(height: made.height, width: made.width, channels: output.shape.channels))
  }

  /// What the operator's "segments" say; without them a segment is a run of `taps` taps.
  private func layout(runs: Int, taps: Int) throws(ModelError) -> TapLayout {
    guard let json = json["segments"] else { return TapLayout(runs: runs, taps: taps) }
    let run = (taps + 3) / 4 * 4
    guard let length = json["length"]?.integer, length >= 4, length <= run, length % 4 == 0 else {
      throw broken("the \"length\" of its \"segments\" is not a multiple of 4 of 4…\(run)")
    }
    guard let list = json["starts"]?.array, !list.isEmpty, list.count <= GraphReader.greatestExtent else {
      throw broken(
        "the \"starts\" of its \"segments\" are not a list of 1…\(GraphReader.greatestExtent) taps")
    }
    var starts: [Int] = []
    starts.reserveCapacity(list.count)
    for entry in list {
      guard let start = entry.integer, start >= starts.last ?? 0, start < runs * run, start % 4 == 0,
        start % run + length <= run
      else {
        throw broken("its \"segments\" do not ascend, in multiples of 4, each within one run of \(run) taps")
      }
      starts.append(start)
    }
    return TapLayout(
      segments: Operator.Segments(groups: length / 4, starts: starts), taps: starts.count * length)
  }

  /// The three tensors, their shapes, and the bounds that keep every sum inside int32.
  private func weights(panels: Int, _ layout: TapLayout) throws(ModelError) -> Operator.Weights {
    let paddedChannels = panels * 16
    let (segments, taps) = (layout.segments, layout.taps)
    let packed = try entry("weights", .i8, [panels, segments.starts.count * segments.groups, 16, 4])
    let bias = try entry("bias", .i32, [2, paddedChannels])
    let multiplier = try entry("multiplier", .f32, [paddedChannels])
    let biases = reader.file.elements(of: bias, as: Int32.self)
    let multipliers = reader.file.elements(of: multiplier, as: Float.self)
    for channel in 0..<paddedChannels {
      let signed = Int64(biases[channel].magnitude) + Int64(taps) * 128 * 128
      let unsigned = Int64(biases[paddedChannels + channel].magnitude) + Int64(taps) * 255 * 128
      guard max(signed, unsigned) <= Int64(Int32.max) else {
        throw broken("the sums of channel \(channel) can overflow 32 bits")
      }
      let factor = multipliers[channel]
      guard factor.isFinite, factor >= 0, Double(max(signed, unsigned)) * Double(factor) < 0x1p30 else {
        throw broken("the multiplier of channel \(channel) is not finite, negative or too large")
      }
    }
    return Operator.Weights(
      packed: packed, bias: bias, multiplier: multiplier, paddedChannels: paddedChannels,
      segments: segments, range: try range())
  }

  private func entry(_ key: String, _ type: SafetensorsType, _ shape: [Int]) throws(ModelError) -> TensorEntry
  {
    guard let name = json[key]?.string, let entry = reader.file.entry(name) else {
      throw broken("its \"\(key)\" names no tensor of the file")
    }
    guard entry.type == type, entry.shape == shape else {
      throw broken("its \"\(key)\" must be \(type.rawValue) of shape \(shape)")
    }
    guard (reader.file.dataOffset + entry.offset) % 64 == 0 else {
      throw broken("its \"\(key)\" does not begin at a multiple of 64 bytes")
    }
    return entry
  }
}

/// How the taps of one output position meet the packed weights, and how many of them a sum has at most.
private struct TapLayout {
  let segments: Operator.Segments
  let taps: Int

  init(segments: Operator.Segments, taps: Int) {
    self.segments = segments
    self.taps = taps
  }

  /// A segment for each of `runs` runs of `taps` taps.
  init(runs: Int, taps: Int) {
    let groups = (taps + 3) / 4
    segments = Operator.Segments(groups: groups, starts: (0..<runs).map { $0 * groups * 4 })
    self.taps = runs * taps
  }
}

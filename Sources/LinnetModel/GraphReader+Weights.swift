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
      runs: window.kernel.height, taps: window.kernel.width * (x.shape.channels / groups))
    return .convolution(window, groups: groups, weights)
  }

  func depthwise() throws(ModelError) -> Operator.Kind {
    let window = try window()
    guard output.shape.channels % x.shape.channels == 0 else {
      throw broken("its output channels are not a multiple of its input's")
    }
    try requireWindow(window)
    let weights = try weights(
      panels: panels(output.shape.channels), runs: window.kernel.width, taps: window.kernel.height)
    guard weights.repeats.isEmpty else { throw broken("a depthwise convolution has no \"repeats\"") }
    return .depthwise(window, weights)
  }

  func fullyConnected() throws(ModelError) -> Operator.Kind {
    try requireOutput(Shape(height: 1, width: 1, channels: output.shape.channels))
    return .fullyConnected(
      try weights(panels: panels(output.shape.channels), runs: 1, taps: x.shape.count))
  }

  private func panels(_ channels: Int) -> Int { (channels + 15) / 16 }

  private func requireWindow(_ window: WindowShape) throws(ModelError) {
    guard window.kernel.height * window.kernel.width <= 1 << 16 else {
      throw broken("its kernel is too large")
    }
    guard let made = window.output(over: x.shape) else { throw broken("its kernel does not fit its input") }
    try requireOutput(Shape(height: made.height, width: made.width, channels: output.shape.channels))
  }

  /// The groups of taps that are read once more, among `depth` taps.
  private func repeats(depth: Int) throws(ModelError) -> [Int] {
    guard let json = json["repeats"] else { return [] }
    guard let list = json.array, list.count <= GraphReader.greatestExtent else {
      throw broken("its \"repeats\" are not a list of at most \(GraphReader.greatestExtent) taps")
    }
    var repeats: [Int] = []
    repeats.reserveCapacity(list.count)
    for entry in list {
      guard let tap = entry.integer, tap >= repeats.last ?? 0, tap < depth, tap % 4 == 0 else {
        throw broken("its \"repeats\" are not ascending multiples of 4 below \(depth)")
      }
      repeats.append(tap)
    }
    return repeats
  }

  /// The three tensors, their shapes, and the bounds that keep every sum inside int32; for `runs` runs of `taps` taps.
  private func weights(panels: Int, runs: Int, taps: Int) throws(ModelError) -> Operator.Weights {
    let paddedChannels = panels * 16
    let runGroups = (taps + 3) / 4
    let repeats = try repeats(depth: runs * runGroups * 4)
    let depthGroups = runs * runGroups + repeats.count
    let taps = runs * taps + repeats.count * 4
    let packed = try entry("weights", .i8, [panels, depthGroups, 16, 4])
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
      depthGroups: depthGroups, repeats: repeats, range: try range())
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

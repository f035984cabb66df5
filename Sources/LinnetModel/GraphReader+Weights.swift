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
    let run = window.kernel.width * (x.shape.channels / groups)
    let depthGroups = window.kernel.height * ((run + 3) / 4)
    let taps = window.kernel.height * run
    let weights = try weights(
      panels: groups * panels(output.shape.channels / groups), depthGroups: depthGroups, taps: taps)
    return .convolution(window, groups: groups, weights)
  }

  func depthwise() throws(ModelError) -> Operator.Kind {
    let window = try window()
    guard output.shape.channels % x.shape.channels == 0 else {
      throw broken("its output channels are not a multiple of its input's")
    }
    try requireWindow(window)
    let weights = try weights(
      panels: panels(output.shape.channels),
      depthGroups: window.kernel.width * ((window.kernel.height + 3) / 4),
      taps: window.kernel.height * window.kernel.width)
    return .depthwise(window, weights)
  }

  func fullyConnected() throws(ModelError) -> Operator.Kind {
    try requireOutput(Shape(height: 1, width: 1, channels: output.shape.channels))
    let taps = x.shape.count
    return .fullyConnected(
      try weights(panels: panels(output.shape.channels), depthGroups: (taps + 3) / 4, taps: taps))
  }

  private func panels(_ channels: Int) -> Int { (channels + 15) / 16 }

  private func requireWindow(_ window: WindowShape) throws(ModelError) {
    guard window.kernel.height * window.kernel.width <= 1 << 16 else {
      throw broken("its kernel is too large")
    }
    guard let made = window.output(over: x.shape) else { throw broken("its kernel does not fit its input") }
    try requireOutput(Shape(height: made.height, width: made.width, channels: output.shape.channels))
  }

  /// The three tensors, their shapes, and the bounds that keep every sum inside int32.
  private func weights(panels: Int, depthGroups: Int, taps: Int) throws(ModelError) -> Operator.Weights {
    let paddedChannels = panels * 16
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
      depthGroups: depthGroups, range: try range())
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

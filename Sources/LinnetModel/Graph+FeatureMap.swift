internal import LinnetTensor

extension Graph {
  /// The tensor with several positions whose average over all of them is the network's output; `nil` where the output is
  /// made in another way, as by a classifier.
  public var featureMap: Int? {
    var tensor = output
    for step in operators.reversed() where step.output == tensor {
      let input = step.inputs[0]
      let (from, to) = (tensors[input].shape, tensors[tensor].shape)
      guard from.channels == to.channels, to.height * to.width == 1 else { return nil }
      switch step.kind {
      case .mean, .averagePool: return from.height * from.width > 1 ? input : nil
      case .reshape, .requantise, .dequantise:
        guard from.height * from.width == 1 else { return nil }
        tensor = input
      default: return nil
      }
    }
    return nil
  }
}

internal import LinnetTensor

extension Graph {
  /// The last tensor with several positions that is averaged over all of them, so that the averages are the network's
  /// embedding or part of it; `nil` where the network has no such layer.
  public var featureMap: Int? {
    var maker = [Int](repeating: -1, count: tensors.count)
    for (index, step) in operators.enumerated() { maker[step.output] = index }
    var map: Int?
    for step in operators {
      let input = step.inputs[0]
      let (from, to) = (tensors[input].shape, tensors[step.output].shape)
      guard from.height * from.width > 1, to.height * to.width == 1, from.channels == to.channels else {
        continue
      }
      switch step.kind {
      case .mean, .averagePool: if map.map({ maker[$0] < maker[input] }) ?? true { map = input }
      default: continue
      }
    }
    return map
  }
}

internal import LinnetModel
internal import LinnetTensor

/// The extents of a matrix product, and how often a run of a network does one like it.
struct ProductShape {
  /// Output positions.
  let m: Int
  /// Output channels.
  let n: Int
  /// Groups of four products in a sum.
  let kGroups: Int
  var count: Int

  /// The different products of a network's convolutions and fully connected layers, in the order of their first.
  static func list(_ graph: Graph) -> [ProductShape] {
    var shapes: [ProductShape] = []
    for step in graph.operators {
      guard let shape = ProductShape(step, graph) else { continue }
      let known = shapes.firstIndex { ($0.m, $0.n, $0.kGroups) == (shape.m, shape.n, shape.kGroups) }
      if let known { shapes[known].count += shape.count } else { shapes.append(shape) }
    }
    return shapes
  }

  private init?(_ step: Operator, _ graph: Graph) {
    let output = graph.tensors[step.output].shape
    switch step.kind {
    case .convolution(_, let groups, let weights):
      (m, n) = (output.height * output.width, output.channels / groups)
      kGroups = weights.depthGroups
      count = groups
    case .fullyConnected(let weights):
      (m, n) = (1, output.count)
      kGroups = weights.depthGroups
      count = 1
    default: return nil
    }
  }
}

internal import LinnetModel
internal import LinnetSafetensors
internal import LinnetTensor

/// What the planner asks about a network: which operators can run depth-first after one another.
struct OperatorChains {
  /// How an operator can be run.
  enum Kind: Equatable {
    /// A 1×1 convolution or a fully connected layer.
    case product
    /// A k×k convolution that reads the picture where it lies.
    case windows
    /// A convolution whose windows are copied together first.
    case gathered
    case depthwise
    /// An addition.
    case elements
    /// The mean over all positions.
    case mean
    /// Means and deviations over all positions.
    case statistics
    /// Anything else: on one thread, the whole picture.
    case whole
  }

  /// Operators of one step at most.
  static let greatestLength = 8

  /// Bytes of weights that a convolution may read again for every row of its output.
  private static let greatestRereadWeights = 262_144

  let graph: Graph
  let kinds: [Kind]
  let reaches: [RowReach]
  /// How often each tensor is read, the network's own output counting once.
  private let readers: [Int]

  init(_ graph: Graph) {
    self.graph = graph
    var readers = [Int](repeating: 0, count: graph.tensors.count)
    for step in graph.operators { for input in step.inputs { readers[input] += 1 } }
    readers[graph.output] += 1
    self.readers = readers
    kinds = graph.operators.map { OperatorChains.kind(of: $0, graph) }
    reaches = graph.operators.map { OperatorChains.reach(of: $0, graph) }
  }

  func outputHeight(_ index: Int) -> Int { reaches[index].outputHeight }

  /// Bytes of a row of the operator's output.
  func outputRowBytes(_ index: Int) -> Int {
    let shape = graph.tensors[graph.operators[index].output].shape
    return shape.width * shape.channels
  }

  /// Whether each of `operators` feeds the next and nobody else, row by row.
  func isChain(_ operators: Range<Int>) -> Bool {
    for index in operators {
      switch kinds[index] {
      case .product, .windows, .depthwise, .elements: break
      case .gathered, .mean, .statistics, .whole: return false
      }
    }
    return isFed(operators) && kinds[operators.lowerBound] != .elements
      && operators.allSatisfy { isFullyConnected($0) == false }
  }

  /// A chain in which every output position needs the same position of the input only. Kernels read four channels at a
  /// time: where a position has another number, they would read what another thread writes.
  func isPointwise(_ operators: Range<Int>) -> Bool {
    isChain(operators) && operators.allSatisfy { kinds[$0] == .product || kinds[$0] == .elements }
      && operators.dropLast().allSatisfy { channels($0) % 4 == 0 }
  }

  /// A matrix product, and what makes each of its output channels from the same channel of the product.
  func isChannelwise(_ operators: Range<Int>) -> Bool {
    guard operators.count == 2, kinds[operators.lowerBound] == .product, isFed(operators) else {
      return false
    }
    switch kinds[operators.lowerBound + 1] {
    case .depthwise: return channels(operators.lowerBound) == channels(operators.lowerBound + 1)
    case .mean: return true
    default: return false
    }
  }

  /// Whether each of `operators` feeds the next and nobody else, and everything else that they read is there before.
  private func isFed(_ operators: Range<Int>) -> Bool {
    for index in operators.dropFirst() {
      let made = graph.operators[index - 1].output
      guard readers[made] == 1, graph.operators[index].inputs.contains(made) else { return false }
      // The other side of an addition must be there before the chain begins.
      for input in graph.operators[index].inputs where input != made {
        if operators.contains(where: { graph.operators[$0].output == input }) { return false }
      }
    }
    return true
  }

  private func channels(_ index: Int) -> Int { graph.tensors[graph.operators[index].output].shape.channels }

  private func isFullyConnected(_ index: Int) -> Bool {
    if case .fullyConnected = graph.operators[index].kind { true } else { false }
  }

  private static func kind(of step: Operator, _ graph: Graph) -> Kind {
    switch step.kind {
    case .convolution(let shape, let groups, let weights):
      if groups == 1 && shape.isPointwise { return .product }
      let width = graph.tensors[step.output].shape.width
      return groups == 1 && width >= 8 && weights.packed.byteCount <= greatestRereadWeights
        ? .windows : .gathered
    case .fullyConnected: return .product
    case .depthwise: return .depthwise
    case .add: return .elements
    case .mean: return .mean
    case .statistics: return .statistics
    default: return .whole
    }
  }

  private static func reach(of step: Operator, _ graph: Graph) -> RowReach {
    let input = graph.tensors[step.inputs[0]].shape.height
    let output = graph.tensors[step.output].shape.height
    switch step.kind {
    case .convolution(let shape, _, _), .depthwise(let shape, _):
      return RowReach(
        kernel: shape.kernel.height, stride: shape.stride.height, padTop: shape.padding.top,
        inputHeight: input, outputHeight: output)
    default: return RowReach(inputHeight: input, outputHeight: output)
    }
  }
}

extension WindowShape {
  /// Whether a convolution of this shape is a matrix product of the activations as they lie.
  var isPointwise: Bool {
    kernel == Extent(height: 1, width: 1) && stride == Extent(height: 1, width: 1) && padding.isZero
  }
}

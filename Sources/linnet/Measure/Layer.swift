internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetTensor

/// One stage of a run: what it computes, and the bytes that it has to read and write for that, each once.
///
/// Of its input and output only what lies in the arena counts: the rows that stages of one step hand on to each other
/// stay near the core.
struct Layer {
  /// The step of the plan that it is a stage of.
  let step: Int
  let name: String
  let kind: String
  /// The kernel's symbol.
  let kernel: String
  let output: Shape
  let multiplyAccumulates: Int
  /// How many products each sum has; `nil` where nothing is multiplied.
  let depth: Int?
  let inputBytes: Int
  let weightBytes: Int
  let outputBytes: Int
  let group: Group

  var bytes: Int { inputBytes + weightBytes + outputBytes }

  /// The layers that one remark holds for.
  enum Group: String, CaseIterable {
    case deepPointwise = "pointwise_deep"
    case otherPointwise = "pointwise_other"
    case depthwise
    case otherConvolution = "convolution_other"
    case rest

    var title: String {
      switch self {
      case .deepPointwise: "pointwise with K ≥ \(Group.deepFrom)"
      case .otherPointwise: "other pointwise"
      case .depthwise: "depthwise"
      case .otherConvolution: "other convolutions"
      case .rest: "rest"
      }
    }

    /// From this depth on a product's epilogue costs little beside its multiplications.
    static let deepFrom = 80
  }
}

extension Layer {
  /// What the stages of a run have to do, in their order.
  static func list(_ session: Session) -> [Layer] {
    var seen = [Int](repeating: 0, count: session.model.graph.operators.count)
    return session.stages.map { stage in
      defer { seen[stage.operatorIndex] += 1 }
      return Layer(stage, of: session, part: seen[stage.operatorIndex])
    }
  }

  /// - Parameter part: which of its operator's stages it is; a concatenation has one for each input.
  private init(_ stage: StageDescription, of session: Session, part: Int) {
    let graph = session.model.graph
    let offsets = session.tensorOffsets
    func bytes(_ tensor: Int) -> Int { offsets[tensor] == nil ? 0 : graph.tensors[tensor].byteCount }
    let source = graph.operators[stage.operatorIndex]
    step = stage.step
    name = stage.name
    kind = stage.kind
    kernel = stage.kernel
    output = stage.output
    multiplyAccumulates = stage.multiplyAccumulates
    depth = multiplyAccumulates > 0 ? multiplyAccumulates / output.count : nil
    weightBytes =
      source.kind.weights.map { $0.packed.byteCount + $0.bias.byteCount + $0.multiplier.byteCount } ?? 0
    if case .concatenation = source.kind {
      inputBytes = bytes(source.inputs[part])
      outputBytes = inputBytes
    } else {
      inputBytes = source.inputs.reduce(0) { $0 + bytes($1) }
      outputBytes = bytes(source.output)
    }
    group =
      switch source.kind {
      case .convolution(let window, groups: 1, _) where window.kernel == Extent(height: 1, width: 1):
        graph.tensors[source.inputs[0]].shape.channels >= Group.deepFrom ? .deepPointwise : .otherPointwise
      case .convolution: .otherConvolution
      case .depthwise: .depthwise
      default: .rest
      }
  }
}

extension Operator.Kind {
  fileprivate var weights: Operator.Weights? {
    switch self {
    case .convolution(_, _, let weights), .depthwise(_, let weights), .fullyConnected(let weights): weights
    default: nil
    }
  }
}

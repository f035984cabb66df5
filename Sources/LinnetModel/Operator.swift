public import LinnetSafetensors
public import LinnetTensor

/// One step of a network. FORMAT.md says what each kind computes.
public struct Operator: Sendable {
  public let name: String
  public let kind: Kind
  /// Tensors read.
  public let inputs: [Int]
  /// The tensor made.
  public let output: Int

  public enum Kind: Sendable {
    case convolution(WindowShape, groups: Int, Weights)
    case depthwise(WindowShape, Weights)
    case fullyConnected(Weights)
    case add(AdditionParameters, range: ClosedRange<Int32>)
    case averagePool(WindowShape, range: ClosedRange<Int32>)
    case maximumPool(WindowShape, range: ClosedRange<Int32>)
    case mean
    /// Channel means, then channel deviations.
    case statistics
    case pad(Padding)
    case reshape
    case concatenation
    case requantise
    case softmax
    case dequantise
  }

  /// Packed weights (layout k4n16) and what requantises their sums; the tensors lie in the model's file.
  public struct Weights: Sendable {
    public let packed: TensorEntry
    /// Int32, two rows of `paddedChannels`.
    public let bias: TensorEntry
    /// Float32, `paddedChannels`.
    public let multiplier: TensorEntry
    /// Output channels rounded up to 16, group by group.
    public let paddedChannels: Int
    /// Bytes that one output position's taps take, in groups of four: the depth of the matrix product.
    public let depthGroups: Int
    /// The first taps of the groups of four that are read once more behind all others, counted with the zeros that fill
    /// the kernel's rows up to a multiple of four. They have second weights, since a byte does not hold the sum of both.
    public let repeats: [Int]
    /// Least and greatest code: the fused activation.
    public let range: ClosedRange<Int32>
  }
}

extension Operator.Kind {
  /// As in the model file.
  public var name: String {
    switch self {
    case .convolution: "convolution"
    case .depthwise: "depthwise"
    case .fullyConnected: "fully_connected"
    case .add: "add"
    case .averagePool: "average_pool"
    case .maximumPool: "maximum_pool"
    case .mean: "mean"
    case .statistics: "statistics"
    case .pad: "pad"
    case .reshape: "reshape"
    case .concatenation: "concatenation"
    case .requantise: "requantise"
    case .softmax: "softmax"
    case .dequantise: "dequantise"
    }
  }
}

extension Graph {
  /// Multiply-accumulates of one operator: true taps, padding included.
  public func multiplyAccumulates(of step: Operator) -> Int {
    let input = tensors[step.inputs[0]].shape
    let output = tensors[step.output].shape
    switch step.kind {
    case .convolution(let window, let groups, _):
      return output.count * window.kernel.height * window.kernel.width * (input.channels / groups)
    case .depthwise(let window, _): return output.count * window.kernel.height * window.kernel.width
    case .fullyConnected: return output.count * input.count
    default: return 0
    }
  }

  /// Multiply-accumulates of the whole network.
  public var multiplyAccumulates: Int { operators.reduce(0) { $0 + multiplyAccumulates(of: $1) } }
}

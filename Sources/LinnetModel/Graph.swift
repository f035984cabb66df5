public import LinnetTensor

/// A network: tensors, and operators in execution order.
public struct Graph: Sendable {
  public let tensors: [TensorDescription]
  public let operators: [Operator]
  /// The tensor that a picture becomes; int8.
  public let input: Int
  /// The tensor that the network is for; int8 or float32.
  public let output: Int
  /// Statistics of inner maps that the network gives beside its output; float32, in order.
  public let taps: [Int]
}

/// What is known of a tensor before any picture comes.
public struct TensorDescription: Hashable, Sendable {
  public let name: String
  public let shape: Shape
  /// How its codes are read; `nil` for a tensor of float32.
  public let quantisation: Quantisation?

  public var type: ElementType { quantisation == nil ? .float32 : .int8 }
  public var byteCount: Int { shape.count * type.size }
}

/// Top, left, bottom and right margin in positions.
public struct Padding: Hashable, Sendable {
  public var top: Int
  public var left: Int
  public var bottom: Int
  public var right: Int

  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  public var isZero: Bool { top == 0 && left == 0 && bottom == 0 && right == 0 }
}

/// Vertical and horizontal extent.
public struct Extent: Hashable, Sendable {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// A sliding window: kernel, stride, padding.
public struct WindowShape: Hashable, Sendable {
  public var kernel: Extent
  public var stride: Extent
  public var padding: Padding

  public init(kernel: Extent, stride: Extent, padding: Padding) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// The extents that sliding over `shape` gives, channels kept; `nil` when the window does not fit.
  public func output(over shape: Shape) -> Shape? {
    let height = shape.height + padding.top + padding.bottom - kernel.height
    let width = shape.width + padding.left + padding.right - kernel.width
    guard height >= 0, width >= 0 else { return nil }
    return Shape(
      height: height / stride.height + 1, width: width / stride.width + 1, channels: shape.channels)
  }
}

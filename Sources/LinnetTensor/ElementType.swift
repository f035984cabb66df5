/// What one element of an activation tensor is.
public enum ElementType: Hashable, Sendable {
  /// Signed 8-bit with ``Quantisation``.
  case int8
  /// IEEE 754 binary32; only embeddings and final probabilities.
  case float32

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .int8: 1
    case .float32: 4
    }
  }
}

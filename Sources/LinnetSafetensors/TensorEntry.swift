/// An element type of the container.
public enum SafetensorsType: String, Hashable, Sendable {
  case bool = "BOOL"
  case u8 = "U8"
  case i8 = "I8"
  case f8e5m2 = "F8_E5M2"
  case f8e4m3 = "F8_E4M3"
  case i16 = "I16"
  case u16 = "U16"
  case f16 = "F16"
  case bf16 = "BF16"
  case i32 = "I32"
  case u32 = "U32"
  case f32 = "F32"
  case i64 = "I64"
  case u64 = "U64"
  case f64 = "F64"

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
    case .i16, .u16, .f16, .bf16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64: 8
    }
  }
}

/// What the header says of one tensor, checked against the file.
public struct TensorEntry: Hashable, Sendable {
  public let name: String
  public let type: SafetensorsType
  /// Extents, outermost first; a scalar has none.
  public let shape: [Int]
  /// Bytes from the start of the data section.
  public let offset: Int
  /// The product of `shape` times the size of `type`.
  public let byteCount: Int

  /// The number of elements.
  public var count: Int { byteCount / type.size }
}

/// The bytes that `shape` takes, or `nil` when an extent is negative or the product overflows.
func checkedByteCount(shape: [Int], type: SafetensorsType) -> Int? {
  var product = type.size
  for extent in shape {
    guard extent >= 0 else { return nil }
    let (next, overflow) = product.multipliedReportingOverflow(by: extent)
    guard !overflow else { return nil }
    product = next
  }
  return product
}

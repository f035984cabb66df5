internal import LinnetStore

/// An array as NumPy's `.npy` files hold it (format versions 1 to 3), little-endian, last index fastest.
public struct NumPyArray: Equatable, Sendable {
  /// What an element is.
  public enum Element: String, Sendable {
    case int8 = "|i1"
    case uint8 = "|u1"
    case float32 = "<f4"
    case float64 = "<f8"

    /// Bytes of one element.
    public var size: Int {
      switch self {
      case .int8, .uint8: 1
      case .float32: 4
      case .float64: 8
      }
    }
  }

  public var element: Element
  public var shape: [Int]
  /// The elements' bytes, little-endian.
  public var bytes: [UInt8]

  public init(element: Element, shape: [Int], bytes: [UInt8]) {
    self.element = element
    self.shape = shape
    self.bytes = bytes
  }

  /// The number of elements.
  public var count: Int { bytes.count / element.size }

  /// A float32 array.
  public init(_ values: [Float], shape: [Int]) {
    self.init(element: .float32, shape: shape, bytes: [])
    bytes.reserveCapacity(values.count * 4)
    for value in values { withLittleEndian(value) { bytes += $0 } }
  }

  private func withLittleEndian(_ value: Float, _ body: ([UInt8]) -> Void) {
    let bits = value.bitPattern
    body((0..<4).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) })
  }

  /// Element `index` as a float, whatever the type.
  public func real(_ index: Int) -> Float {
    func bits(_ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[index * count + $1]) << UInt64(8 * $1) }
    }
    return switch element {
    case .int8: Float(Int8(bitPattern: bytes[index]))
    case .uint8: Float(bytes[index])
    case .float32: Float(bitPattern: UInt32(bits(4)))
    case .float64: Float(Double(bitPattern: bits(8)))
    }
  }
}

extension NumPyArray {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The file's bytes: version 1.0, the data at a multiple of 64.
  public func encoded() -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
    let padding = 64 - (Self.magic.count + 4 + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8) + bytes
  }

  /// Reads the file at `path`.
  public init(path: String) throws(PipelineError) {
    let bytes: [UInt8]
    do throws(StoreError) { bytes = try File.read(path, limit: 1 << 31) } catch { throw .store(error) }
    self = try NumPyArray(decoding: bytes, name: path)
  }

  private init(decoding file: [UInt8], name: String) throws(PipelineError) {
    func broken(_ reason: String) -> PipelineError { .badArray(path: name, reason: reason) }
    guard file.starts(with: Self.magic), file.count >= 12 else { throw broken("it is no .npy file") }
    let isLong = file[6] >= 2
    guard (1...3).contains(file[6]) else { throw broken("its version \(file[6]) is not known") }
    let start = isLong ? 12 : 10
    let length = (0..<(isLong ? 4 : 2)).reduce(0) { $0 | Int(file[8 + $1]) << (8 * $1) }
    guard length <= file.count - start else { throw broken("it ends within its header") }
    let text = String(decoding: file[start..<start + length], as: UTF8.self)
    let header = try NumPyHeader(text, name: name)
    var count = 1
    for extent in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= 1 << 40 else { throw broken("its shape is too large") }
      count = product
    }
    let data = file[(start + length)...]
    guard data.count == count * header.element.size else {
      throw broken("its shape needs \(count * header.element.size) bytes and \(data.count) follow the header")
    }
    self.init(element: header.element, shape: header.shape, bytes: Array(data))
  }
}

internal import LinnetTensor

/// A safetensors file, open and checked: 8 bytes of little-endian header length, JSON, tensors without gaps.
///
/// Everything that the header claims is checked against the file before the initialiser returns, so that the bytes
/// of every ``TensorEntry`` of ``tensors`` lie inside the file and are as many as its shape asks.
/// Format: https://github.com/huggingface/safetensors
@safe public final class SafetensorsFile: Sendable {
  /// The longest header that is read, in bytes.
  public static let headerLimit = 16 << 20

  /// Where it was opened, `nil` when made from bytes.
  public let path: String?
  public let metadata: [String: String]
  /// In the order of their bytes in the file.
  public let tensors: [TensorEntry]
  /// Where the data section begins in the file.
  public let dataOffset: Int

  private let memory: FileMemory
  private let places: [String: Int]

  /// The bytes of the data section.
  public var dataByteCount: Int { memory.count - dataOffset }

  /// Maps the file read-only; it must not be shortened by others while this object lives.
  public convenience init(path: String) throws(SafetensorsError) {
    try self.init(memory: try FileMemory(mapping: path), path: path)
  }

  /// Copies the bytes.
  public convenience init(bytes: [UInt8]) throws(SafetensorsError) {
    try self.init(memory: bytes.withRawSpan { FileMemory(copying: $0) }, path: nil)
  }

  private init(memory: consuming FileMemory, path: String?) throws(SafetensorsError) {
    let header = try memory.withBytes(0..<memory.count) { bytes throws(SafetensorsError) in
      try SafetensorsHeader(file: bytes)
    }
    self.path = path
    self.metadata = header.metadata
    self.tensors = header.tensors
    self.dataOffset = header.dataOffset
    self.places = header.places
    self.memory = memory
  }

  public func entry(_ name: String) -> TensorEntry? { places[name].map { tensors[$0] } }

  /// The bytes of one tensor of this file.
  public func withBytes<R, E>(of entry: TensorEntry, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    let start = dataOffset + entry.offset
    defer { withExtendedLifetime(self) {} }
    return try memory.withBytes(start..<start + entry.byteCount, body)
  }

  /// A copy of the elements of one tensor of this file; `Element` is as large as the tensor's type says.
  public func elements<Element: BitwiseCopyable>(of entry: TensorEntry, as type: Element.Type) -> [Element] {
    precondition(
      MemoryLayout<Element>.stride == entry.type.size, "an element of another size than the tensor's")
    return withBytes(of: entry) { bytes in
      unsafe [Element](unsafeUninitializedCapacity: entry.count) { buffer, count in
        unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
        count = entry.count
      }
    }
  }

  /// Where the bytes of one tensor of this file lie, valid while this object lives; aligned as far as the file is.
  @unsafe public func pointer(of entry: TensorEntry) -> UnsafeRawPointer {
    let start = dataOffset + entry.offset
    precondition(entry.offset >= 0 && start + entry.byteCount <= memory.count, "an entry of another file")
    return unsafe memory.base + start
  }

  /// SHA-256 over the UTF-8 bytes of `prefix`, then the data section. Reads the whole file.
  public func sha256(prefix: String) -> [UInt8] {
    var digest = SHA256()
    digest.update(prefix)
    memory.withBytes(dataOffset..<memory.count) { digest.update($0) }
    return digest.finish()
  }
}

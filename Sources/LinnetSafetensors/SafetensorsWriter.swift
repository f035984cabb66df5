internal import LinnetTensor

/// Builds a safetensors file: tensors in the order they were added, metadata sorted by key, so that equal contents
/// make equal bytes. The data section begins at a multiple of 64 bytes of the file.
public struct SafetensorsWriter: Sendable {
  public var metadata: [String: String] = [:]
  private var entries: [TensorEntry] = []
  private var names: Set<String> = []
  private var data: [UInt8] = []

  public init() {}

  /// Appends a tensor, its elements little-endian in `bytes`.
  public mutating func add(_ name: String, _ type: SafetensorsType, shape: [Int], bytes: RawSpan)
    throws(SafetensorsError)
  {
    guard let byteCount = checkedByteCount(shape: shape, type: type) else { throw .tooLarge(tensor: name) }
    guard bytes.byteCount == byteCount else {
      throw .sizeMismatch(tensor: name, expectedBytes: byteCount, actualBytes: bytes.byteCount)
    }
    guard name != "__metadata__", names.insert(name).inserted else { throw .duplicate(tensor: name) }
    entries.append(
      TensorEntry(name: name, type: type, shape: shape, offset: data.count, byteCount: byteCount))
    unsafe bytes.withUnsafeBytes { unsafe data.append(contentsOf: $0) }
  }

  public mutating func add(_ name: String, _ type: SafetensorsType, shape: [Int], bytes: [UInt8])
    throws(SafetensorsError)
  {
    try bytes.withRawSpan { bytes throws(SafetensorsError) in
      try add(name, type, shape: shape, bytes: bytes)
    }
  }

  public mutating func add(_ name: String, shape: [Int], _ values: [Float]) throws(SafetensorsError) {
    try values.withRawSpan { bytes throws(SafetensorsError) in
      try add(name, .f32, shape: shape, bytes: bytes)
    }
  }

  public mutating func add(_ name: String, shape: [Int], _ values: [Int32]) throws(SafetensorsError) {
    try values.withRawSpan { bytes throws(SafetensorsError) in
      try add(name, .i32, shape: shape, bytes: bytes)
    }
  }

  public mutating func add(_ name: String, shape: [Int], _ values: [Int8]) throws(SafetensorsError) {
    try values.withRawSpan { bytes throws(SafetensorsError) in
      try add(name, .i8, shape: shape, bytes: bytes)
    }
  }

  /// The file's bytes.
  public func serialised() -> [UInt8] {
    let header = self.header()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + data.count)
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: UInt64(header.count) >> UInt64(shift)))
    }
    bytes += header
    bytes += data
    return bytes
  }

  /// Replaces the file at `path` as ``writeAtomically(_:to:)`` does.
  public func write(to path: String) throws(SystemError) {
    try writeAtomically(serialised(), to: path)
  }

  private func header() -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    if !metadata.isEmpty {
      json.key("__metadata__")
      json.beginObject()
      for key in metadata.keys.sorted() {
        json.key(key)
        json.value(metadata[key] ?? "")
      }
      json.endObject()
    }
    for entry in entries {
      json.key(entry.name)
      json.beginObject()
      json.key("dtype")
      json.value(entry.type.rawValue)
      json.key("shape")
      json.beginArray()
      for extent in entry.shape { json.value(extent) }
      json.endArray()
      json.key("data_offsets")
      json.beginArray()
      json.value(entry.offset)
      json.value(entry.offset + entry.byteCount)
      json.endArray()
      json.endObject()
    }
    json.endObject()
    var header = Array(json.text.utf8)
    while (8 + header.count) % 64 != 0 { header.append(UInt8(ascii: " ")) }
    return header
  }
}

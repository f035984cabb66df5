/// The header of a file, read and checked against its bytes.
struct SafetensorsHeader {
  var metadata: [String: String] = [:]
  /// Sorted by offset.
  var tensors: [TensorEntry] = []
  /// Name to place in `tensors`.
  var places: [String: Int] = [:]
  let dataOffset: Int
  private let dataByteCount: Int

  init(file: RawSpan) throws(SafetensorsError) {
    guard file.byteCount >= 8 else { throw .truncated(expectedBytes: 8, actualBytes: file.byteCount) }
    let length = unsafe UInt64(littleEndian: file.unsafeLoadUnaligned(as: UInt64.self))
    guard length <= SafetensorsFile.headerLimit else {
      throw .headerTooLarge(bytes: length, limit: SafetensorsFile.headerLimit)
    }
    dataOffset = 8 + Int(length)
    guard dataOffset <= file.byteCount else {
      throw .truncated(expectedBytes: dataOffset, actualBytes: file.byteCount)
    }
    dataByteCount = file.byteCount - dataOffset
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(file.extracting(8..<dataOffset))
    } catch {
      throw .header(error)
    }
    guard let members = json.object else { throw .header(.unexpected(offset: 0, expected: "an object")) }
    for member in members {
      if member.key == "__metadata__" {
        try readMetadata(member.value)
      } else {
        tensors.append(try entry(member))
      }
    }
    tensors.sort { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }
    try checkPlaces()
    for (place, tensor) in tensors.enumerated() { places[tensor.name] = place }
  }

  private mutating func readMetadata(_ value: JSONValue) throws(SafetensorsError) {
    guard let members = value.object else { throw .malformed(tensor: "__metadata__", expected: "an object") }
    for member in members {
      guard let text = member.value.string else {
        throw .malformed(tensor: "__metadata__", expected: "a string for \"\(member.key)\"")
      }
      metadata[member.key] = text
    }
  }

  private func entry(_ member: JSONMember) throws(SafetensorsError) -> TensorEntry {
    let name = member.key
    guard let typeName = member.value["dtype"]?.string else {
      throw .malformed(tensor: name, expected: "a string \"dtype\"")
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw .unknownType(tensor: name, type: typeName)
    }
    guard let shape = integers(member.value["shape"]), shape.allSatisfy({ $0 >= 0 }) else {
      throw .malformed(tensor: name, expected: "\"shape\", an array of extents")
    }
    guard let byteCount = checkedByteCount(shape: shape, type: type) else { throw .tooLarge(tensor: name) }
    guard let offsets = integers(member.value["data_offsets"]), offsets.count == 2, offsets[0] >= 0,
      offsets[0] <= offsets[1]
    else { throw .malformed(tensor: name, expected: "\"data_offsets\", a start and an end after it") }
    guard offsets[1] <= dataByteCount else {
      throw .outsideData(tensor: name, end: offsets[1], dataBytes: dataByteCount)
    }
    guard offsets[1] - offsets[0] == byteCount else {
      throw .sizeMismatch(tensor: name, expectedBytes: byteCount, actualBytes: offsets[1] - offsets[0])
    }
    return TensorEntry(name: name, type: type, shape: shape, offset: offsets[0], byteCount: byteCount)
  }

  private func integers(_ value: JSONValue?) -> [Int]? {
    guard let array = value?.array else { return nil }
    var integers: [Int] = []
    for element in array {
      guard let integer = element.integer else { return nil }
      integers.append(integer)
    }
    return integers
  }

  private func checkPlaces() throws(SafetensorsError) {
    var end = 0
    for tensor in tensors {
      if tensor.offset < end { throw .overlap(tensor: tensor.name) }
      if tensor.offset > end { throw .gap(tensor: tensor.name, bytes: tensor.offset - end) }
      end = tensor.offset + tensor.byteCount
    }
    guard end == dataByteCount else { throw .gap(tensor: nil, bytes: dataByteCount - end) }
  }
}

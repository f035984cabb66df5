/// Why a text is not JSON, or not JSON that is read here. Offsets are bytes from the start of the text.
public enum JSONError: Error, Equatable {
  case unexpected(offset: Int, expected: String)
  case invalidUTF8(offset: Int)
  case duplicateKey(String, offset: Int)
  /// A number beyond the range of a double, or written with more than 255 characters.
  case numberOutOfRange(offset: Int)
  case tooLarge(bytes: Int, limit: Int)
  case tooDeep(offset: Int, limit: Int)
  case tooManyValues(offset: Int, limit: Int)
}

extension JSONError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unexpected(let offset, let expected): "JSON is broken at byte \(offset): expected \(expected)"
    case .invalidUTF8(let offset): "JSON is broken at byte \(offset): not UTF-8"
    case .duplicateKey(let key, let offset):
      "JSON is broken at byte \(offset): the key \"\(key)\" stands twice in one object"
    case .numberOutOfRange(let offset): "JSON is broken at byte \(offset): a number out of range"
    case .tooLarge(let bytes, let limit): "JSON of \(bytes) bytes is more than the \(limit) that are read"
    case .tooDeep(let offset, let limit): "JSON is nested more than \(limit) deep at byte \(offset)"
    case .tooManyValues(let offset, let limit): "JSON has more than \(limit) values, at byte \(offset)"
    }
  }
}

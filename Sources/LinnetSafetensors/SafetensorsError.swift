/// Why a safetensors file cannot be read or made. `tensor` is a name in the header.
public enum SafetensorsError: Error, Equatable {
  case system(SystemError)
  /// A folder, a device, or a file beyond the address space.
  case notAFile(path: String)
  case truncated(expectedBytes: Int, actualBytes: Int)
  case headerTooLarge(bytes: UInt64, limit: Int)
  /// The offset in the error counts from the start of the header's JSON, byte 8 of the file.
  case header(JSONError)
  /// The header is JSON but not as the format has it.
  case malformed(tensor: String, expected: String)
  case unknownType(tensor: String, type: String)
  case tooLarge(tensor: String)
  /// The offsets and the shape with its type do not agree.
  case sizeMismatch(tensor: String, expectedBytes: Int, actualBytes: Int)
  case outsideData(tensor: String, end: Int, dataBytes: Int)
  /// The tensor begins before the one before it ends.
  case overlap(tensor: String)
  /// Bytes before the tensor, or after the last one (`tensor` is then `nil`), belong to none.
  case gap(tensor: String?, bytes: Int)
  case duplicate(tensor: String)
}

extension SafetensorsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .notAFile(let path): "\(path) is not a file that can be read as a whole"
    case .truncated(let expected, let actual):
      "the file ends too early: it must have at least \(expected) bytes and has \(actual)"
    case .headerTooLarge(let bytes, let limit):
      "not a safetensors file: its first 8 bytes say a header of \(bytes) bytes, more than the limit of \(limit)"
    case .header(let error): "the safetensors header cannot be read: \(error)"
    case .malformed(let tensor, let expected):
      "the safetensors header is wrong at \"\(tensor)\": expected \(expected)"
    case .unknownType(let tensor, let type): "tensor \"\(tensor)\" has the unknown type \"\(type)\""
    case .tooLarge(let tensor): "the shape of tensor \"\(tensor)\" is too large"
    case .sizeMismatch(let tensor, let expected, let actual):
      "tensor \"\(tensor)\" needs \(expected) bytes for its shape and has \(actual)"
    case .outsideData(let tensor, let end, let dataBytes):
      "tensor \"\(tensor)\" ends at byte \(end) of the data, which has only \(dataBytes)"
    case .overlap(let tensor): "tensor \"\(tensor)\" overlaps another"
    case .gap(let tensor?, let bytes): "\(bytes) bytes before tensor \"\(tensor)\" belong to no tensor"
    case .gap(nil, let bytes): "\(bytes) bytes at the end of the file belong to no tensor"
    case .duplicate(let tensor): "two tensors are named \"\(tensor)\""
    }
  }
}

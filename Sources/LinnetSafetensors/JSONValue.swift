/// A JSON text (RFC 8259) as a value; made by ``parse(_:limits:)``, which trusts nothing.
public enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  /// Members in the order of the text; no key stands twice.
  case object([JSONMember])
}

/// One `"key": value` of an object.
public struct JSONMember: Equatable, Sendable {
  public var key: String
  public var value: JSONValue

  public init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

/// A number as the text has it.
public enum JSONNumber: Equatable, Sendable {
  /// Written without fraction and exponent, and fits 64 bits.
  case integer(Int64)
  /// Any other; the decimal rounded once to either type, finite as a double.
  case real(Double, Float)
}

extension JSONValue {
  /// The value under `key`, or `nil` when this is no object or has no such key.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.key == key { return member.value }
    return nil
  }

  public var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var object: [JSONMember]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// An integer written as one (`3`, not `3.0`) that fits `Int`.
  public var integer: Int? {
    if case .number(.integer(let value)) = self { Int(exactly: value) } else { nil }
  }

  /// Any number, nearest double.
  public var double: Double? {
    switch self {
    case .number(.integer(let value)): Double(value)
    case .number(.real(let value, _)): value
    default: nil
    }
  }

  /// Any number, nearest float; infinite where the number is beyond a float's range.
  public var float: Float? {
    switch self {
    case .number(.integer(let value)): Float(value)
    case .number(.real(_, let value)): value
    default: nil
    }
  }
}

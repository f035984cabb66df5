/// Writes one JSON text on one line: members and elements in the order given, so equal calls make equal bytes.
///
/// Begin and end must pair, and in an object a ``key(_:)`` stands before every value; neither is checked.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var text = ""
  private var needsComma = false

  public init() {}

  public mutating func beginObject() { open("{") }
  public mutating func endObject() { close("}") }
  public mutating func beginArray() { open("[") }
  public mutating func endArray() { close("]") }

  public mutating func key(_ key: String) {
    separate()
    quote(key)
    text += ":"
    needsComma = false
  }

  public mutating func value(_ value: String) {
    separate()
    quote(value)
  }

  public mutating func value(_ value: Int) { scalar("\(value)") }
  public mutating func value(_ value: Int64) { scalar("\(value)") }
  public mutating func value(_ value: Bool) { scalar(value ? "true" : "false") }

  /// The shortest decimal that reads back as the same float; `null` when it is not finite.
  public mutating func value(_ value: Float) { scalar(value.isFinite ? value.description : "null") }

  /// The shortest decimal that reads back as the same double; `null` when it is not finite.
  public mutating func value(_ value: Double) { scalar(value.isFinite ? value.description : "null") }

  public mutating func null() { scalar("null") }

  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .boolean(let value): self.value(value)
    case .number(.integer(let value)): self.value(value)
    case .number(.real(let value, _)): self.value(value)
    case .string(let value): self.value(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.key)
        self.value(member.value)
      }
      endObject()
    }
  }

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = true
  }

  private mutating func scalar(_ scalar: String) {
    separate()
    text += scalar
  }

  private mutating func open(_ bracket: String) {
    separate()
    text += bracket
    needsComma = false
  }

  private mutating func close(_ bracket: String) {
    text += bracket
    needsComma = true
  }

  private mutating func quote(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

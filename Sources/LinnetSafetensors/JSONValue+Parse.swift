internal import CLinux
internal import LinnetTensor

/// What a reader of JSON accepts; each bound holds before memory is taken.
public struct JSONLimits: Sendable {
  public var bytes = 16 << 20
  public var depth = 64
  /// Values of every kind, and keys.
  public var values = 1 << 20

  public init() {}
}

extension JSONValue {
  /// Reads one JSON text: strict RFC 8259, UTF-8 without byte order mark, white space around it allowed.
  public static func parse(_ text: RawSpan, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue
  {
    guard text.byteCount <= limits.bytes else {
      throw .tooLarge(bytes: text.byteCount, limit: limits.bytes)
    }
    return try unsafe text.withUnsafeBytes { buffer throws(JSONError) in
      try parse(unsafe Span<UInt8>(_unsafeBytes: buffer), limits: limits)
    }
  }

  /// ``parse(_:limits:)`` of an array.
  public static func parse(_ text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue
  {
    try text.withRawSpan { bytes throws(JSONError) in try parse(bytes, limits: limits) }
  }

  /// ``parse(_:limits:)`` of a string.
  public static func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), limits: limits)
  }

  private static func parse(_ bytes: Span<UInt8>, limits: JSONLimits) throws(JSONError) -> JSONValue {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes)
    } catch {
      throw .invalidUTF8(offset: error.byteOffsets.lowerBound)
    }
    var parser = JSONParser(limits: limits)
    let value = try parser.value(in: bytes, depth: 0)
    parser.skipSpace(in: bytes)
    guard parser.position == bytes.count else {
      throw .unexpected(offset: parser.position, expected: "the end of the text")
    }
    return value
  }
}

/// Recursive descent over bytes that are known to be UTF-8; `position` never passes their end.
private struct JSONParser {
  let limits: JSONLimits
  var position = 0
  private var values = 0

  init(limits: JSONLimits) {
    self.limits = limits
  }

  mutating func skipSpace(in bytes: Span<UInt8>) {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  mutating func value(in bytes: Span<UInt8>, depth: Int) throws(JSONError) -> JSONValue {
    skipSpace(in: bytes)
    try count()
    guard position < bytes.count else { throw expected("a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(try object(in: bytes, depth: try deeper(depth)))
    case UInt8(ascii: "["): return .array(try array(in: bytes, depth: try deeper(depth)))
    case UInt8(ascii: "\""): return .string(try string(in: bytes))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number(in: bytes))
    case UInt8(ascii: "t"): return try word("true", .boolean(true), in: bytes)
    case UInt8(ascii: "f"): return try word("false", .boolean(false), in: bytes)
    case UInt8(ascii: "n"): return try word("null", .null, in: bytes)
    default: throw expected("a value")
    }
  }

  private func expected(_ what: String) -> JSONError { .unexpected(offset: position, expected: what) }

  private mutating func count() throws(JSONError) {
    values += 1
    guard values <= limits.values else { throw .tooManyValues(offset: position, limit: limits.values) }
  }

  private func deeper(_ depth: Int) throws(JSONError) -> Int {
    guard depth < limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
    return depth + 1
  }

  private mutating func take(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue, in bytes: Span<UInt8>)
    throws(JSONError) -> JSONValue
  {
    let start = position
    for letter in word.description.utf8 where !take(letter, in: bytes) {
      throw .unexpected(offset: start, expected: "a value")
    }
    return value
  }

  private mutating func array(in bytes: Span<UInt8>, depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    skipSpace(in: bytes)
    if take(UInt8(ascii: "]"), in: bytes) { return elements }
    while true {
      elements.append(try value(in: bytes, depth: depth))
      skipSpace(in: bytes)
      if take(UInt8(ascii: "]"), in: bytes) { return elements }
      guard take(UInt8(ascii: ","), in: bytes) else { throw expected("\",\" or \"]\"") }
    }
  }

  private mutating func object(in bytes: Span<UInt8>, depth: Int) throws(JSONError) -> [JSONMember] {
    position += 1
    var members: [JSONMember] = []
    var keys: Set<String> = []
    skipSpace(in: bytes)
    if take(UInt8(ascii: "}"), in: bytes) { return members }
    while true {
      skipSpace(in: bytes)
      let start = position
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw expected("a key") }
      try count()
      let key = try string(in: bytes)
      guard keys.insert(key).inserted else { throw .duplicateKey(key, offset: start) }
      skipSpace(in: bytes)
      guard take(UInt8(ascii: ":"), in: bytes) else { throw expected("\":\"") }
      members.append(JSONMember(key: key, value: try value(in: bytes, depth: depth)))
      skipSpace(in: bytes)
      if take(UInt8(ascii: "}"), in: bytes) { return members }
      guard take(UInt8(ascii: ","), in: bytes) else { throw expected("\",\" or \"}\"") }
    }
  }
}

extension JSONParser {
  private mutating func string(in bytes: Span<UInt8>) throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while true {
      guard position < bytes.count else { throw expected("the end of a string") }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(in: bytes, into: &text)
      case 0..<0x20:
        throw expected("an escape instead of a control character")
      default:
        text.append(byte)
        position += 1
      }
    }
  }

  private mutating func escape(in bytes: Span<UInt8>, into text: inout [UInt8]) throws(JSONError) {
    guard position < bytes.count else { throw expected("an escape") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(Character(try scalar(in: bytes))).utf8)
    default:
      position -= 1
      throw expected("one of \"\\/bfnrtu after a backslash")
    }
  }

  /// The four digits after `\u`, and the low surrogate that must follow a high one.
  private mutating func scalar(in bytes: Span<UInt8>) throws(JSONError) -> Unicode.Scalar {
    let start = position
    let first = try fourDigits(in: bytes)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take(UInt8(ascii: "\\"), in: bytes), take(UInt8(ascii: "u"), in: bytes) else {
      throw .unexpected(offset: start, expected: "a pair of surrogates")
    }
    let second = try fourDigits(in: bytes)
    guard 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw .unexpected(offset: start, expected: "a pair of surrogates") }
    return scalar
  }

  private mutating func fourDigits(in bytes: Span<UInt8>) throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count else { throw expected("four hexadecimal digits") }
      let byte = bytes[position]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw expected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func number(in bytes: Span<UInt8>) throws(JSONError) -> JSONNumber {
    let start = position
    var isInteger = true
    _ = take(UInt8(ascii: "-"), in: bytes)
    if !take(UInt8(ascii: "0"), in: bytes) { try digits(in: bytes) }
    if take(UInt8(ascii: "."), in: bytes) {
      isInteger = false
      try digits(in: bytes)
    }
    if take(UInt8(ascii: "e"), in: bytes) || take(UInt8(ascii: "E"), in: bytes) {
      isInteger = false
      if !take(UInt8(ascii: "+"), in: bytes) { _ = take(UInt8(ascii: "-"), in: bytes) }
      try digits(in: bytes)
    }
    if isInteger, let integer = integer(in: bytes.extracting(start..<position)) { return .integer(integer) }
    return try real(in: bytes, from: start)
  }

  private mutating func digits(in bytes: Span<UInt8>) throws(JSONError) {
    let start = position
    while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
    guard position > start else { throw expected("a digit") }
  }

  /// `nil` beyond 64 bits, and for −0, which only a floating-point number holds.
  private func integer(in text: Span<UInt8>) -> Int64? {
    let isNegative = text[0] == UInt8(ascii: "-")
    var value: Int64 = 0
    for place in (isNegative ? 1 : 0)..<text.count {
      let digit = Int64(text[place] - UInt8(ascii: "0"))
      let (shifted, shiftOverflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) =
        isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
      guard !shiftOverflow, !overflow else { return nil }
      value = sum
    }
    return isNegative && value == 0 ? nil : value
  }

  private func real(in bytes: Span<UInt8>, from start: Int) throws(JSONError) -> JSONNumber {
    var double = 0.0
    var float: Float = 0
    let text = bytes.extracting(start..<position)
    let isRead = unsafe text.withUnsafeBytes { raw in
      unsafe linnet_parse_number(raw.bindMemory(to: CChar.self).baseAddress, raw.count, &double, &float) != 0
    }
    guard isRead, double.isFinite else { throw .numberOutOfRange(offset: start) }
    return .real(double, float)
  }
}

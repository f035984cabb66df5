import LinnetSafetensors
import Testing

@Suite struct JSONValueTests {
  @Test func readsEveryKindOfValue() throws {
    let value = try JSONValue.parse(#" {"a": [1, -2.5, true, false, null], "b": {"c": "é\n\u00e9"}} "#)
    #expect(
      value["a"]
        == .array([
          .number(.integer(1)), .number(.real(-2.5, -2.5)), .boolean(true), .boolean(false), .null,
        ]))
    #expect(value["b"]?["c"]?.string == "é\né")
    #expect(value["absent"] == nil)
    #expect(value.object?.map(\.key) == ["a", "b"])
  }

  @Test func integersAreExact() throws {
    #expect(try JSONValue.parse("9223372036854775807") == .number(.integer(.max)))
    #expect(try JSONValue.parse("-9223372036854775808") == .number(.integer(.min)))
    #expect(try JSONValue.parse("9223372036854775808").integer == nil)
    #expect(try JSONValue.parse("9223372036854775808").double == 0x1p63)
    #expect(try JSONValue.parse("3.0").integer == nil)
    #expect(try JSONValue.parse("-0").double?.sign == .minus)
  }

  @Test func decimalsAreRoundedOnceToEitherType() throws {
    // Above the middle of 1 and the next float by less than half a double's step: rounding twice would give 1.
    let above = "1.00000005960464477540"
    #expect(try JSONValue.parse(above).float == Float(1).nextUp)
    #expect(try JSONValue.parse(above).double.map { Float($0) } == 1)
    #expect(try JSONValue.parse("1e-45").float == Float.leastNonzeroMagnitude)
    #expect(try JSONValue.parse("1e300").float == .infinity)
    #expect(try JSONValue.parse("5e-324").double == .leastNonzeroMagnitude)
  }

  @Test func surrogatePairsMakeOneScalar() throws {
    #expect(try JSONValue.parse(#""\ud83d\udc26""#).string == "🐦")
    #expect(try JSONValue.parse(#""\"\\\/\b\f\n\r\t""#).string == "\"\\/\u{8}\u{C}\n\r\t")
  }

  @Test(arguments: [
    ("", 0), (" ", 1), ("{", 1), ("{}x", 2), ("[1,]", 3), (#"{"a" 1}"#, 5), (#"{"a":1,}"#, 7), ("{a:1}", 1),
    ("01", 1), ("1.", 2), ("-", 1), ("1e", 2), (".5", 0), ("+1", 0), ("tru", 0), ("nulL", 0), ("NaN", 0),
    (#""\x""#, 2), (#""\u12g4""#, 5), (#""\ud800""#, 3), (#""\ud800\u0041""#, 3), (#""\udc00""#, 3),
    ("\"a", 2), ("\"a\nb\"", 2), ("[1 2]", 3), ("'a'", 0), ("[1}", 2), ("\u{FEFF}1", 0),
  ])
  func brokenTextsNameTheByte(text: String, offset: Int) {
    var found: Int?
    do throws(JSONError) {
      _ = try JSONValue.parse(text)
    } catch {
      if case .unexpected(let offset, _) = error { found = offset }
    }
    #expect(found == offset, "\(text)")
  }

  @Test func duplicateKeysAreAnError() {
    #expect(throws: JSONError.duplicateKey("a", offset: 9)) { try JSONValue.parse(#"{"a": 1, "\u0061": 2}"#) }
  }

  @Test func brokenUTF8IsAnError() {
    for bytes: [UInt8] in [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] {
      #expect(throws: JSONError.invalidUTF8(offset: 1)) {
        try JSONValue.parse([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
      }
    }
  }

  @Test func capsHold() throws {
    var limits = JSONLimits()
    limits.depth = 3
    #expect(try JSONValue.parse("[[[]]]", limits: limits).array?.count == 1)
    #expect(throws: JSONError.tooDeep(offset: 3, limit: 3)) {
      try JSONValue.parse("[[[[]]]]", limits: limits)
    }
    limits.values = 4
    #expect(try JSONValue.parse("[1,2,3]", limits: limits).array?.count == 3)
    #expect(throws: JSONError.tooManyValues(offset: 7, limit: 4)) {
      try JSONValue.parse("[1,2,3,4]", limits: limits)
    }
    #expect(throws: JSONError.tooManyValues(offset: 11, limit: 4)) {
      try JSONValue.parse(#"{"a":1,"b":2, "c":3}"#, limits: limits)
    }
    limits.bytes = 5
    #expect(throws: JSONError.tooLarge(bytes: 6, limit: 5)) { try JSONValue.parse("123456", limits: limits) }
    #expect(throws: JSONError.tooDeep(offset: 64, limit: 64)) {
      try JSONValue.parse(String(repeating: "[", count: 100_000))
    }
    #expect(throws: JSONError.numberOutOfRange(offset: 1)) { try JSONValue.parse("[1e999]") }
    #expect(throws: JSONError.numberOutOfRange(offset: 0)) {
      try JSONValue.parse("0." + String(repeating: "1", count: 300))
    }
  }

  @Test func errorsAreSentencesWithThePlace() {
    #expect(
      JSONError.unexpected(offset: 7, expected: "a key").description
        == "JSON is broken at byte 7: expected a key")
  }
}

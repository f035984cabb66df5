import LinnetSafetensors
import Testing

@Suite struct JSONWriterTests {
  @Test func writesNestedValuesWithCommasWhereTheyBelong() {
    var json = JSONWriter()
    json.beginObject()
    json.key("a")
    json.beginArray()
    json.value(1)
    json.value(Float(0.1))
    json.beginArray()
    json.endArray()
    json.beginObject()
    json.endObject()
    json.value("x")
    json.endArray()
    json.key("b")
    json.value(false)
    json.key("c")
    json.value(Double.nan)
    json.endObject()
    #expect(json.text == #"{"a":[1,0.1,[],{},"x"],"b":false,"c":null}"#)
  }

  @Test(arguments: ["", "\"\\/", "\u{0}\u{1F}\u{7F}\n\r\t", "é🐦\u{2028}e\u{301}", "\r\n", "👩‍👩‍👧"])
  func stringsReadBackScalarByScalar(text: String) throws {
    var json = JSONWriter()
    json.value(text)
    let read = try JSONValue.parse(json.text).string
    #expect(read.map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test func numbersReadBackToTheBit() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let float = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
      let double = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
      guard float.isFinite, double.isFinite else { continue }
      var json = JSONWriter()
      json.beginArray()
      json.value(float)
      json.value(double)
      json.endArray()
      let numbers = try #require(try JSONValue.parse(json.text).array)
      #expect(numbers[0].float?.bitPattern == float.bitPattern)
      #expect(numbers[1].double?.bitPattern == double.bitPattern)
    }
  }

  @Test func whatWasReadIsWrittenTheSame() throws {
    let text = #"{"z":[1,2.5,{"a":null}],"a":"\"","n":-9223372036854775808}"#
    var json = JSONWriter()
    json.value(try JSONValue.parse(text))
    #expect(json.text == text)
  }
}

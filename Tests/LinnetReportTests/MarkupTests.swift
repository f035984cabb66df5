import LinnetReport
import Testing

@Suite struct MarkupTests {
  @Test(arguments: [
    ("a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;"), ("two\nlines\r\t\0", "two␊lines␍␉␀"),
    ("שלום ../x", "שלום ../x"), ("\u{7F}\u{85}\u{FFFF}", "␡\u{FFFD}\u{FFFD}"), ("", ""), ("👩‍🌾", "👩‍🌾"),
  ])
  func plainTextCannotBecomeMarkup(plain: String, escaped: String) {
    #expect(Markup(plain).text == escaped)
    #expect(Markup.element("p", ["title": plain]).text == "<p title=\"\(escaped)\"></p>")
  }

  @Test func elementsKeepTheirOrder() {
    let inner = Markup.element("line", ["x1": "0", "class": "grid"])
    #expect(inner.text == "<line x1=\"0\" class=\"grid\"/>")
    #expect(Markup.element("g", [:], inner, Markup("<")).text == "<g><line x1=\"0\" class=\"grid\"/>&lt;</g>")
    #expect(Markup.element("td").text == "<td></td>")
  }

  /// The examples of RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64OfTheRFC(plain: String, encoded: String) {
    #expect(base64(Array(plain.utf8)) == encoded)
    #expect(DataURI(jpeg: Array(plain.utf8)).text == "data:image/jpeg;base64," + encoded)
  }

  @Test func everyByteHasItsPlace() {
    #expect(base64([0xFB, 0xFF, 0xFE, 0x00]) == "+//+AA==")
    #expect(base64(Array(0...255)).utf8.count == 344)
  }

  @Test(arguments: [
    (0.5, 0, "1"), (-0.004, 2, "0.00"), (-1.25, 1, "−1.3"), (0.9996, 3, "1.000"), (12, 0, "12"),
    (Double.nan, 2, "–"),
  ])
  func numbers(value: Double, digits: Int, text: String) { #expect(decimal(value, digits) == text) }
}

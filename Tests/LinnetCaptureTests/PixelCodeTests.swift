import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct PixelCodeTests {
  @Test func lettersAreTheBytesOfTheNumber() {
    #expect(PixelCode(letters: "YUYV")?.rawValue == 0x5659_5559)
    #expect(PixelCode(rawValue: 0x5659_5559).description == "YUYV")
    #expect(PixelCode(letters: "Y16")?.rawValue == 0x2036_3159)
    #expect(PixelCode(letters: "Y16")?.description == "Y16")
    #expect(PixelCode(rawValue: 0xA036_3159).description == "Y16-BE")
    #expect(PixelCode(rawValue: 0x0102_0304).description == "????")
    for wrong in ["", "YUYVX", "Ä123", "Y\u{1B}[m"] { #expect(PixelCode(letters: wrong) == nil, "\(wrong)") }
  }

  @Test func everyFormatIsItsOwnCode() {
    for format in PixelFormat.allCases { #expect(PixelCode(format).format == format) }
    #expect(PixelCode(letters: "JPEG")?.format == .jpeg)
    #expect(PixelCode(letters: "YU12")?.format == nil)
  }
}

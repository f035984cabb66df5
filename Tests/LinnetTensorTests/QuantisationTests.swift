import LinnetTensor
import Testing

@Suite struct QuantisationTests {
  @Test func codesRoundHalfToEvenAndSaturate() {
    let quantisation = Quantisation(scale: 0.5, zeroPoint: 3)
    #expect(quantisation.code(0) == 3)
    #expect(quantisation.code(0.25) == 3)
    #expect(quantisation.code(0.75) == 5)
    #expect(quantisation.code(1e9) == 127)
    #expect(quantisation.code(-1e9) == -128)
    #expect(quantisation.code(.infinity) == 127)
    #expect(quantisation.code(.nan) == 3)
  }

  @Test(arguments: [Int8.min, -1, 0, 3, Int8.max])
  func realAndCodeAreInverse(code: Int8) {
    let quantisation = Quantisation(scale: 0.0078125, zeroPoint: -1)
    #expect(quantisation.code(quantisation.real(code)) == code)
  }
}

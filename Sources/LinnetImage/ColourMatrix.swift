internal import LinnetTensor

/// Y′CbCr → RGB in whole numbers: each colour is a sum of codes under weights with 16 binary places, rounded half up and
/// clamped to 0…255.
struct ColourMatrix: Hashable, Sendable {
  static let fractionBits = 16

  /// The luma of black.
  let black: Int32
  /// Of Y − black, in all three colours.
  let luma: Int32
  /// Of Cr − 128 in red.
  let redFromCr: Int32
  /// Of Cb − 128 and Cr − 128 in green.
  let greenFromCb: Int32
  let greenFromCr: Int32
  /// Of Cb − 128 in blue.
  let blueFromCb: Int32

  init(_ encoding: ColourEncoding) {
    let (red, blue) =
      switch encoding.matrix {
      case .bt601: (0.299, 0.114)
      case .bt709: (0.2126, 0.0722)
      }
    let green = 1 - red - blue
    let (black, lumaCodes, chromaCodes) =
      switch encoding.range {
      case .full: (0, 255.0, 255.0)
      case .limited: (16, 219.0, 224.0)
      }
    func weight(_ real: Double, codes: Double) -> Int32 {
      Int32((real * 255 / codes * Double(1 << Self.fractionBits)).rounded())
    }
    self.black = Int32(black)
    luma = weight(1, codes: lumaCodes)
    redFromCr = weight(2 * (1 - red), codes: chromaCodes)
    greenFromCb = weight(-2 * (1 - blue) * blue / green, codes: chromaCodes)
    greenFromCr = weight(-2 * (1 - red) * red / green, codes: chromaCodes)
    blueFromCb = weight(2 * (1 - blue), codes: chromaCodes)
  }

  /// The colour of one pixel.
  func rgb(_ y: UInt8, _ cb: UInt8, _ cr: UInt8) -> SIMD3<UInt8> {
    let bright = (Int32(y) - black) * luma + 1 << (Self.fractionBits - 1)
    let (cb, cr) = (Int32(cb) - 128, Int32(cr) - 128)
    func level(_ sum: Int32) -> UInt8 { UInt8(min(255, max(0, sum >> Self.fractionBits))) }
    return SIMD3(
      level(bright + redFromCr * cr), level(bright + greenFromCb * cb + greenFromCr * cr),
      level(bright + blueFromCb * cb))
  }
}

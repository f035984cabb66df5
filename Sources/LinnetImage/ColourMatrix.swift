import CResample
import LinnetTensor

/// Y′CbCr → RGB in whole numbers: each colour is a sum of codes under weights with 16 binary places, rounded half up and
/// clamped to 0…255.
struct ColourMatrix: Hashable, Sendable {
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
      Int32((real * 255 / codes * Double(1 << LINNET_RESAMPLE_COLOUR_BITS)).rounded())
    }
    self.black = Int32(black)
    luma = weight(1, codes: lumaCodes)
    redFromCr = weight(2 * (1 - red), codes: chromaCodes)
    greenFromCb = weight(-2 * (1 - blue) * blue / green, codes: chromaCodes)
    greenFromCr = weight(-2 * (1 - red) * red / green, codes: chromaCodes)
    blueFromCb = weight(2 * (1 - blue), codes: chromaCodes)
  }
}

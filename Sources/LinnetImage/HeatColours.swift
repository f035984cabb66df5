/// Colours for numbers from 0 to 1: lightness grows evenly from dark violet over red to pale yellow, so that more looks
/// like more, in grey and to the colour-blind too.
///
/// Seventeen stops at even lightness of Oklab (Ottosson, "A perceptual color space for image processing", 2020), hues
/// from 285° to 100°, each as colourful as the screen's gamut and a chroma of 0.17 allow.
public enum HeatColours {
  private static let stops: [UInt32] = [
    0x12013B, 0x24024C, 0x3A035B, 0x520465, 0x6B076A, 0x821669, 0x992366, 0xAE3261, 0xC3415B,
    0xD55352, 0xE56648, 0xF37B3E, 0xFD9135, 0xFDAC4C, 0xFDC465, 0xFEDB80, 0xFEF19E,
  ]

  /// The colour of `value`; what lies outside 0…1, or is no number, gets the colour of the nearer end.
  public static func colour(_ value: Float) -> SIMD3<UInt8> {
    let place = (value > 0 ? min(value, 1) : 0) * Float(stops.count - 1)
    let first = min(Int(place), stops.count - 2)
    let share = place - Float(first)
    let mixed = rgb(stops[first]) * (1 - share) + rgb(stops[first + 1]) * share
    return SIMD3<UInt8>(mixed.rounded(.toNearestOrEven))
  }

  private static func rgb(_ stop: UInt32) -> SIMD3<Float> {
    SIMD3(Float(stop >> 16), Float(stop >> 8 & 255), Float(stop & 255))
  }
}

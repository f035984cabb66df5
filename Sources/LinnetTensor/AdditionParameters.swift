/// The integers by which two quantised tensors are added, chosen as XNNPACK's qs8-vadd chooses them.
///
/// `sum = bias + a · multiplierA + b · multiplierB`, `code = clamp((sum >> shift) + zeroPoint)`: the multipliers are
/// the ratios of the inputs' scales to the output's, in units of 2^−shift, the larger with 21 significant bits.
public struct AdditionParameters: Hashable, Sendable {
  public let bias: Int32
  public let multiplierA: Int32
  public let multiplierB: Int32
  /// 13…30.
  public let shift: Int32
  public let zeroPoint: Int32

  /// Fails when the larger ratio is not in 2^−10 ..< 2^8.
  public init?(a: Quantisation, b: Quantisation, sum: Quantisation) {
    let ratioA = a.scale / sum.scale
    let ratioB = b.scale / sum.scale
    let larger = max(ratioA, ratioB)
    guard larger.isFinite, larger >= 0x1p-10, larger < 0x1p8 else { return nil }
    shift = 20 - Int32(larger.exponent)
    let unit = Float(sign: .plus, exponent: Int(shift), significand: 1)
    multiplierA = Int32((ratioA * unit).rounded(.toNearestOrEven))
    multiplierB = Int32((ratioB * unit).rounded(.toNearestOrEven))
    bias = (1 << (shift - 1)) - multiplierA * a.zeroPoint - multiplierB * b.zeroPoint
    zeroPoint = sum.zeroPoint
  }
}

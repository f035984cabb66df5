/// How an int8 code stands for a real number: `real = scale · (code − zeroPoint)`.
///
/// One pair a tensor, as in Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018).
public struct Quantisation: Hashable, Sendable {
  /// Real numbers a step; finite and above zero.
  public var scale: Float
  /// The code of real zero, in −128…127.
  public var zeroPoint: Int32

  public init(scale: Float, zeroPoint: Int32) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// The real number that `code` stands for.
  public func real(_ code: Int8) -> Float { scale * Float(Int32(code) - zeroPoint) }

  /// The nearest code (ties to even), saturated; not-a-number becomes the zero point.
  public func code(_ real: Float) -> Int8 {
    let steps = (real / scale).rounded(.toNearestOrEven)
    guard !steps.isNaN else { return Int8(truncatingIfNeeded: zeroPoint) }
    let shifted = steps + Float(zeroPoint)
    return shifted <= -128 ? -128 : shifted >= 127 ? 127 : Int8(shifted)
  }
}

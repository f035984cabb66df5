internal import CLinnetKernels

/// How int32 accumulators become codes, channel by channel (FORMAT.md, "Arithmetic").
///
/// Holds pointers into a mapped model: that file must stay mapped as long as this value is used.
@safe public struct Requantisation: Sendable {
  nonisolated(unsafe) let c: linnet_requantisation

  /// - Parameters:
  ///   - bias: two rows of `paddedChannels` values: for signed activations, and for activations made unsigned.
  ///   - multiplier: `paddedChannels` values.
  @unsafe public init(
    bias: UnsafePointer<Int32>, multiplier: UnsafePointer<Float>, paddedChannels: Int, zeroPoint: Int32,
    range: ClosedRange<Int32>
  ) {
    unsafe c = linnet_requantisation(
      bias: bias, biased: bias + paddedChannels, multiplier: multiplier, zero_point: zeroPoint,
      least: range.lowerBound, greatest: range.upperBound)
  }
}

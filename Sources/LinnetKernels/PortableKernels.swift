internal import CLinnetKernels
public import LinnetTensor

/// The operators that sum over positions or only change a tensor's parameters: portable C, one way for all machines.
public enum PortableKernels {
  /// What `linnet inspect` shows for these operators.
  public static let name = "portable"

  /// `sums[c] = Σ x[·, c]`, positions `stride` apart.
  @unsafe public static func sumPositions(
    _ positions: Int, channels: Int, stride: Int, x: UnsafePointer<Int8>, sums: UnsafeMutablePointer<Int32>
  ) {
    unsafe linnet_s8_sum_positions(positions, channels, stride, x, sums)
  }

  /// The mean of `positions` codes from their sums, as codes.
  @unsafe public static func mean(
    sums: UnsafePointer<Int32>, channels: Int, positions: Int, _ input: Quantisation,
    into y: UnsafeMutablePointer<Int8>, _ output: Quantisation
  ) {
    let divisor = output.scale * Float(positions)
    unsafe linnet_s8_requantise_sums(
      channels, sums, Int32(positions) * input.zeroPoint, input.scale / divisor, output.zeroPoint, -128, 127,
      y)
  }

  /// The mean of `positions` codes from their sums, as real numbers.
  @unsafe public static func mean(
    sums: UnsafePointer<Int32>, channels: Int, positions: Int, _ input: Quantisation,
    into y: UnsafeMutablePointer<Float>
  ) {
    unsafe linnet_f32_scale_sums(
      channels, sums, Int32(positions) * input.zeroPoint, input.scale / Float(positions), y)
  }

  /// Mean and deviation of `positions` codes of each channel, as real numbers.
  @unsafe public static func statistics(
    positions: Int, channels: Int, stride: Int, x: UnsafePointer<Int8>, _ input: Quantisation,
    means: UnsafeMutablePointer<Float>, deviations: UnsafeMutablePointer<Float>
  ) {
    unsafe linnet_s8_statistics(
      positions, channels, stride, x, input.zeroPoint, input.scale, means, deviations)
  }

  /// `rows` × `channels` codes under other parameters.
  @unsafe public static func requantise(
    rows: Int, channels: Int, x: UnsafePointer<Int8>, xStride: Int, _ input: Quantisation,
    into y: UnsafeMutablePointer<Int8>, yStride: Int, _ output: Quantisation
  ) {
    unsafe linnet_s8_requantise(
      rows, channels, x, xStride, input.zeroPoint, input.scale / output.scale, output.zeroPoint, y, yStride)
  }
}

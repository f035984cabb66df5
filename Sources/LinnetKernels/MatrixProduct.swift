internal import CLinnetKernels

/// `c[m, n] = requantise(Σ_k a[m, k] · w[k, n] + bias[n])`: the description of a product without its left side.
///
/// Holds pointers: the memory must outlive this value.
@safe public struct MatrixProduct: Sendable {
  nonisolated(unsafe) private var c: linnet_s8_gemm
  public let tiling: GemmTiling

  /// - Parameters:
  ///   - n: output channels.
  ///   - segments: runs that a row of `a` consists of, each of `segmentGroups` groups of four bytes.
  ///   - repeats: groups of four bytes that are read once more behind them, a segment each.
  ///   - aStride: bytes between rows of `a`.
  ///   - w: panels k4n16, 64-byte aligned.
  ///   - cStride: bytes between rows of `c`.
  @unsafe public init(
    n: Int, segments: Int = 1, segmentGroups: Int, repeats: Int = 0, aStride: Int, w: UnsafePointer<Int8>,
    cStride: Int,
    requantisation: Requantisation, tiling: GemmTiling
  ) {
    self.tiling = tiling
    unsafe c = linnet_s8_gemm(
      n: n, segments: nil, segment_count: segments, segment_groups: segmentGroups, repeat_count: repeats,
      a_stride: aStride, w: w, c: nil, c_stride: cStride, requantisation: requantisation.c)
  }

  /// Rows `0 ..< rows` of `a`, one segment each, times the output channels of `groups`.
  /// - Parameters:
  ///   - a: rows readable to 4 bytes × the segment's groups.
  ///   - c: `rows` rows, of which n elements each are written; must not overlap `a`.
  @unsafe @inline(__always)
  public func callAsFunction(
    rows: Int, groups: Range<Int>, a: UnsafePointer<Int8>, c: UnsafeMutablePointer<Int8>
  ) {
    var segment: UnsafePointer<Int8>? = unsafe a
    unsafe withUnsafePointer(to: &segment) { segments in
      unsafe self(rows: rows, groups: groups, segments: segments, c: c)
    }
  }

  /// The same with a row's segments at `segments[0]`, `segments[1]`, …
  @unsafe @inline(__always)
  public func callAsFunction(
    rows: Int, groups: Range<Int>, segments: UnsafePointer<UnsafePointer<Int8>?>,
    c: UnsafeMutablePointer<Int8>
  ) {
    assert(rows >= 1 && groups.upperBound <= tiling.groups)
    var product = unsafe self.c
    unsafe product.segments = segments
    unsafe product.c = c
    unsafe withUnsafePointer(to: tiling.c) { tiling in
      unsafe linnet_s8_gemm_run(&product, tiling, 0, rows, groups.lowerBound, groups.upperBound)
    }
  }

  /// The same product with other weights, for the next of a convolution's groups: `channels` panels' worth of output
  /// channels (a multiple of 16) further on.
  public func advanced(byPaddedChannels channels: Int) -> MatrixProduct {
    var next = self
    unsafe next.c.w += channels * (c.segment_count * c.segment_groups + c.repeat_count) * 4
    unsafe next.c.requantisation.bias += channels
    unsafe next.c.requantisation.biased += channels
    unsafe next.c.requantisation.multiplier += channels
    return next
  }

  /// Every output channel.
  public var allGroups: Range<Int> { 0..<tiling.groups }
}

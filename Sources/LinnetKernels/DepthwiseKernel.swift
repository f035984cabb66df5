internal import CLinnetKernels

/// One depthwise convolution over a whole picture: extents, memory and requantisation.
///
/// Holds pointers: the memory must outlive this value.
@safe public struct DepthwiseConvolution: Sendable {
  nonisolated(unsafe) var c: linnet_s8_depthwise

  /// - Parameters:
  ///   - window: over the input; its `channels` are the input's.
  ///   - channelMultiplier: output channels made from each input channel.
  ///   - w: packed taps (FORMAT.md, "depthwise").
  ///   - zeroPoint: of `x`.
  ///
  /// Where x and y lie, ``bound(x:ring:y:ring:)`` says.
  @unsafe public init(
    window: Window, channelMultiplier: Int, w: UnsafePointer<Int8>, zeroPoint: Int32,
    requantisation: Requantisation
  ) {
    unsafe c = linnet_s8_depthwise(
      channels: window.c.channels, channel_multiplier: channelMultiplier, in_height: window.c.in_height,
      in_width: window.c.in_width, out_height: window.c.out_height, out_width: window.c.out_width,
      kernel_height: window.c.kernel_height, kernel_width: window.c.kernel_width,
      stride_height: window.c.stride_height, stride_width: window.c.stride_width, pad_top: window.c.pad_top,
      pad_left: window.c.pad_left, in_ring: window.c.in_height, out_ring: window.c.out_height, x: nil, w: w,
      y: nil, zero_point: Int8(truncatingIfNeeded: zeroPoint),
      requantisation: requantisation.c)
  }

  /// The same over rows of `x` into rows of `y`: picture row r lies at row r modulo `ring`, likewise output rows.
  @unsafe public func bound(
    x: UnsafePointer<Int8>, ring inputRows: Int, y: UnsafeMutablePointer<Int8>, ring outputRows: Int
  ) -> DepthwiseConvolution {
    var bound = self
    unsafe bound.c.x = x
    unsafe bound.c.in_ring = inputRows
    unsafe bound.c.y = y
    unsafe bound.c.out_ring = outputRows
    return bound
  }

  /// Bytes of scratch a kernel may use; 64-byte aligned.
  public var scratchBytes: Int {
    unsafe DepthwiseConvolution.scratchBytes(
      columns: (c.out_width - 1) * c.stride_width + c.kernel_width, kernel: (c.kernel_height, c.kernel_width))
  }

  /// The same for `columns` input columns under a row of output.
  public static func scratchBytes(columns: Int, kernel: (height: Int, width: Int)) -> Int {
    linnet_s8_depthwise_scratch_bytes(columns, kernel.height, kernel.width)
  }

  public var outputHeight: Int { unsafe c.out_height }

  public var outputChannels: Int { unsafe c.channels * c.channel_multiplier }
}

/// A kernel for ``DepthwiseConvolution``.
@safe public struct DepthwiseKernel: Sendable {
  nonisolated(unsafe) private let row: UnsafePointer<linnet_depthwise_kernel>

  /// The symbol, whose grammar tells tile and instruction set.
  public var name: String { unsafe String(cString: row.pointee.name) }

  public var instructionSet: InstructionSet {
    unsafe InstructionSet(rawValue: Int32(row.pointee.isa.rawValue)) ?? .reference
  }

  /// Every kernel of this build, worst to best, runnable here or not.
  public static var all: [DepthwiseKernel] {
    var kernels: [DepthwiseKernel] = []
    while let row = unsafe linnet_depthwise_kernel_at(kernels.count) {
      unsafe kernels.append(DepthwiseKernel(row: row))
    }
    return kernels
  }

  /// The greatest kernel height that the SIMD kernels hold row cursors for.
  public static let greatestHeight = 64

  /// The best kernel that needs no more than `instructionSet` and accepts the convolution.
  public static func best(
    _ instructionSet: InstructionSet, channelMultiplier: Int, kernelHeight: Int
  ) -> DepthwiseKernel {
    guard channelMultiplier == 1, kernelHeight <= greatestHeight else { return all[0] }
    return all.last { $0.instructionSet <= instructionSet && $0.instructionSet.isSupported } ?? all[0]
  }

  /// Computes output rows `rows` of `channels`, whose bounds are multiples of 16 or the end.
  /// - Parameter scratch: ``DepthwiseConvolution/scratchBytes`` bytes of this thread's own.
  @unsafe @inline(__always)
  public func callAsFunction(
    _ convolution: DepthwiseConvolution, rows: Range<Int>, channels: Range<Int>,
    scratch: UnsafeMutableRawPointer
  ) {
    unsafe withUnsafePointer(to: convolution.c) { description in
      unsafe row.pointee.run(
        description, rows.lowerBound, rows.upperBound, channels.lowerBound, channels.upperBound, scratch)
    }
  }
}

extension DepthwiseKernel: CustomStringConvertible {
  public var description: String { name }
}

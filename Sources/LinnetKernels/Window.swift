internal import CLinnetKernels
public import LinnetTensor

/// A window that slides over a picture: kernel, stride and padding, with the extents on both sides.
public struct Window: Sendable {
  let c: linnet_window

  /// - Parameters:
  ///   - input: its extents; `channels` of them (a group's) are looked at.
  ///   - output: its extents.
  public init(
    input: Shape, output: Shape, channels: Int, kernel: (height: Int, width: Int),
    stride: (height: Int, width: Int), padTop: Int, padLeft: Int
  ) {
    c = linnet_window(
      channels: channels, in_height: input.height, in_width: input.width, out_height: output.height,
      out_width: output.width, kernel_height: kernel.height, kernel_width: kernel.width,
      stride_height: stride.height, stride_width: stride.width, pad_top: padTop, pad_left: padLeft)
  }

  /// Output positions.
  public var positions: Int { c.out_height * c.out_width }

  /// Bytes that one gathered window takes.
  public var rowBytes: Int {
    unsafe withUnsafePointer(to: c) { window in unsafe linnet_window_row_bytes(window) }
  }

  /// Bytes behind the last gathered row that ``gather(from:channels:firstChannel:zeroPoint:positions:into:)`` overwrites.
  public static let overwrittenBytes = 16

  /// Lays the windows at output `positions` (row-major) out as matrix rows, ``rowBytes`` apart.
  /// - Parameters:
  ///   - channels: of the picture at `x`; `firstChannel` on are taken.
  ///   - zeroPoint: what lies outside the picture.
  @unsafe public func gather(
    from x: UnsafePointer<Int8>, channels: Int, firstChannel: Int, zeroPoint: Int32, positions: Range<Int>,
    into rows: UnsafeMutablePointer<Int8>
  ) {
    unsafe withUnsafePointer(to: c) { window in
      unsafe linnet_s8_gather_windows(
        window, x, channels, firstChannel, Int8(truncatingIfNeeded: zeroPoint), positions.lowerBound,
        positions.upperBound, rows, linnet_window_row_bytes(window))
    }
  }

  /// The mean of the taps inside the picture, requantised.
  @unsafe public func averagePool(
    from x: UnsafePointer<Int8>, _ input: Quantisation, into y: UnsafeMutablePointer<Int8>,
    _ output: Quantisation,
    range: ClosedRange<Int32>
  ) {
    unsafe withUnsafePointer(to: c) { window in
      unsafe linnet_s8_average_pool(
        window, x, y, input.zeroPoint, input.scale, output.zeroPoint, output.scale, range.lowerBound,
        range.upperBound)
    }
  }

  /// The greatest tap inside the picture.
  @unsafe public func maximumPool(
    from x: UnsafePointer<Int8>, into y: UnsafeMutablePointer<Int8>, range: ClosedRange<Int32>
  ) {
    unsafe withUnsafePointer(to: c) { window in
      unsafe linnet_s8_maximum_pool(window, x, y, range.lowerBound, range.upperBound)
    }
  }
}

internal import CLinux
internal import LinnetKernels
internal import LinnetTensor

@safe struct PoolStage {
  let window: Window
  let x: UnsafePointer<Int8>
  let y: UnsafeMutablePointer<Int8>
  let input: Quantisation
  let output: Quantisation
  let range: ClosedRange<Int32>
}

/// The mean over height and width, to codes or to real numbers.
@safe struct MeanStage {
  let positions: Int
  let channels: Int
  let x: UnsafePointer<Int8>
  let y: UnsafeMutableRawPointer
  let input: Quantisation
  let output: Quantisation?

  /// scratch: an Int32 a channel.
  func run(channels range: Range<Int>, scratch: UnsafeMutableRawPointer) {
    guard !range.isEmpty else { return }
    let first = range.lowerBound
    let sums = unsafe scratch.assumingMemoryBound(to: Int32.self)
    unsafe PortableKernels.sumPositions(
      positions, channels: range.count, stride: channels, x: x + first, sums: sums)
    if let output {
      unsafe PortableKernels.mean(
        sums: sums, channels: range.count, positions: positions, input,
        into: y.assumingMemoryBound(to: Int8.self) + first, output)
    } else {
      unsafe PortableKernels.mean(
        sums: sums, channels: range.count, positions: positions, input,
        into: y.assumingMemoryBound(to: Float.self) + first)
    }
  }
}

/// Means and deviations over height and width, as real numbers: those of all channels, then these.
@safe struct StatisticsStage {
  let positions: Int
  let channels: Int
  let x: UnsafePointer<Int8>
  let y: UnsafeMutablePointer<Float>
  let input: Quantisation

  func run(channels range: Range<Int>) {
    guard !range.isEmpty else { return }
    let first = range.lowerBound
    unsafe PortableKernels.statistics(
      positions: positions, channels: range.count, stride: channels, x: x + first, input,
      means: y + first, deviations: y + channels + first)
  }
}

/// A picture inside a margin of zero points. Extents in bytes of a row.
@safe struct PadStage {
  let rows: Int
  let rowBytes: Int
  let x: UnsafePointer<Int8>
  let y: UnsafeMutablePointer<Int8>
  let leftBytes: Int
  let rightBytes: Int
  let top: Int
  let bottom: Int
  let zeroPoint: Int32

  func run() {
    let full = leftBytes + rowBytes + rightBytes
    unsafe memset(y, zeroPoint, full * (top + rows + bottom))
    for row in 0..<rows {
      unsafe memcpy(y + (top + row) * full + leftBytes, x + row * rowBytes, rowBytes)
    }
  }
}

/// One tensor under other parameters; also one input of a concatenation, whose rows lie further apart in the output.
@safe struct RequantiseStage {
  let rows: Int
  let channels: Int
  let x: UnsafePointer<Int8>
  let y: UnsafeMutablePointer<Int8>
  let yStride: Int
  let input: Quantisation
  let output: Quantisation

  func run() {
    if input == output {
      for row in 0..<rows { unsafe memcpy(y + row * yStride, x + row * channels, channels) }
    } else {
      unsafe PortableKernels.requantise(
        rows: rows, channels: channels, x: x, xStride: channels, input, into: y, yStride: yStride, output)
    }
  }
}

@safe struct DequantiseStage {
  let count: Int
  let x: UnsafePointer<Int8>
  let y: UnsafeMutablePointer<Float>
  let input: Quantisation

  func run() {
    for i in 0..<count { unsafe y[i] = input.real(x[i]) }
  }
}

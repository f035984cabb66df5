import CResample
import LinnetTensor

/// Resizes RGB pixels across, then down, with an 8-bit picture between the two passes; keeps its buffers.
struct Resampler: Sendable {
  /// The loops that are used.
  var level = linnet_resample_best_level()
  private var across = ResamplingAxis()
  private var down = ResamplingAxis()
  private var between: [UInt8] = []
  private var scratch: [UInt8] = []

  /// A part of a picture, from and to fractions of a pixel.
  struct Box: Hashable, Sendable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double
  }

  /// Resizes `box` of the picture of `width` × `height` at the start of `pixels` to one of `outputWidth` ×
  /// `outputHeight` at the start of `output`.
  mutating func resize(
    _ pixels: [UInt8], width: Int, height: Int, box: Box, filter: Preprocessing.Filter,
    to output: inout [UInt8], width outputWidth: Int, height outputHeight: Int
  ) {
    precondition(pixels.count >= 3 * width * height && output.count >= 3 * outputWidth * outputHeight)
    across.prepare(.init(source: width, from: box.left, to: box.right, count: outputWidth, filter: filter))
    down.prepare(.init(source: height, from: box.top, to: box.bottom, count: outputHeight, filter: filter))
    switch (across.isIdentity, down.isIdentity) {
    case (true, true):
      output.replaceSubrange(0..<3 * width * height, with: pixels[..<(3 * width * height)])
    case (true, false):
      down.resizeDown(pixels, rowBytes: 3 * width, into: &output, level: level)
    case (false, true):
      across.resizeAcross(pixels, width: width, rows: height, scratch: &scratch, into: &output, level: level)
    case (false, false):
      between.grow(to: 3 * outputWidth * height)
      across.resizeAcross(pixels, width: width, rows: height, scratch: &scratch, into: &between, level: level)
      down.resizeDown(between, rowBytes: 3 * outputWidth, into: &output, level: level)
    }
  }
}

extension ResamplingAxis {
  /// Resizes rows of `rowBytes` bytes that follow each other.
  fileprivate func resizeDown(
    _ input: [UInt8], rowBytes: Int, into output: inout [UInt8], level: linnet_resample_level
  ) {
    input.withRawSpan {
      resizeDown(
        $0, stride: rowBytes, rowBytes: rowBytes, into: &output, outputStride: rowBytes, level: level)
    }
  }

  /// Resizes `rows` rows of `width` RGB pixels; the axis counts pixels.
  fileprivate func resizeAcross(
    _ input: [UInt8], width: Int, rows: Int, scratch: inout [UInt8], into output: inout [UInt8],
    level: linnet_resample_level
  ) {
    precondition(source == width && input.count >= 3 * width * rows && output.count >= 3 * count * rows)
    scratch.grow(to: (width + count) * LINNET_RESAMPLE_BLOCK_BYTES)
    unsafe withAxis { axis in
      unsafe input.withUnsafeBufferPointer { input in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe linnet_resample_across(
              level, input.baseAddress, width, rows, axis, scratch.baseAddress, output.baseAddress)
          }
        }
      }
    }
  }

  /// Resizes rows of `rowBytes` bytes, which begin `stride` bytes apart, `outputStride` in the output; the axis counts rows.
  func resizeDown(
    _ input: RawSpan, stride: Int, rowBytes: Int, into output: inout [UInt8], at place: Int = 0,
    outputStride: Int,
    level: linnet_resample_level
  ) {
    precondition(stride >= 0 && input.byteCount >= (source - 1) * stride + rowBytes && source >= 1)
    precondition(rowBytes <= outputStride && place >= 0 && output.count >= place + count * outputStride)
    unsafe withAxis { axis in
      unsafe input.withUnsafeBytes { input in
        unsafe output.withUnsafeMutableBufferPointer { output in
          unsafe linnet_resample_down(
            level, input.baseAddress?.assumingMemoryBound(to: UInt8.self), stride, rowBytes, axis,
            output.baseAddress! + place, outputStride)
        }
      }
    }
  }

  private func withAxis(_ body: (UnsafePointer<linnet_resample_axis>) -> Void) {
    unsafe starts.withUnsafeBufferPointer { starts in
      unsafe weights.withUnsafeBufferPointer { weights in
        var axis = unsafe linnet_resample_axis(
          starts: starts.baseAddress, weights: weights.baseAddress, taps: taps, count: count)
        unsafe body(&axis)
      }
    }
  }
}

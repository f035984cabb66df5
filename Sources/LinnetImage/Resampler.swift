import LinnetTensor

/// Resizes RGB pixels across, then down, with an 8-bit picture between the two passes; keeps its buffers.
@safe struct Resampler: Sendable {
  private var across = ResamplingAxis()
  private var down = ResamplingAxis()
  private var between: [UInt8] = []

  /// A part of `width` × `height` pixels, from and to fractions of a pixel.
  struct Box: Hashable, Sendable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double
  }

  /// Bytes beyond the last pixel that buffers must have: a pixel is read and written as four bytes.
  static let slack = 1

  /// Resizes `box` of a picture of `width` × `height` to `outputWidth` × `outputHeight`, tight rows both.
  ///
  /// - Precondition: both buffers have ``slack`` bytes more than their pixels.
  mutating func resize(
    _ pixels: [UInt8], width: Int, height: Int, box: Box, filter: Preprocessing.Filter,
    to output: inout [UInt8], width outputWidth: Int, height outputHeight: Int
  ) {
    precondition(pixels.count >= 3 * width * height + Self.slack)
    precondition(output.count >= 3 * outputWidth * outputHeight + Self.slack)
    let acrossKey = ResamplingAxis.Key(
      source: width, from: box.left, to: box.right, count: outputWidth, filter: filter)
    let downKey = ResamplingAxis.Key(
      source: height, from: box.top, to: box.bottom, count: outputHeight, filter: filter)
    let needed = 3 * outputWidth * height + Self.slack
    if between.count < needed { between = [UInt8](repeating: 0, count: needed) }
    across.prepare(acrossKey)
    down.prepare(downKey)
    let (across, down) = (across, down)
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe between.withUnsafeMutableBufferPointer { between in
        unsafe output.withUnsafeMutableBufferPointer { output in
          let source = pixels.baseAddress!
          let middle = between.baseAddress!
          let target = output.baseAddress!
          switch (acrossKey.isIdentity, downKey.isIdentity) {
          case (true, true):
            unsafe target.update(from: source, count: 3 * width * height)
          case (true, false):
            unsafe Self.resizeDown(source, rowBytes: 3 * width, to: target, down)
          case (false, true):
            unsafe Self.resizeAcross(source, rowBytes: 3 * width, rows: 0..<height, to: target, across)
          case (false, false):
            unsafe Self.resizeAcross(source, rowBytes: 3 * width, rows: 0..<height, to: middle, across)
            unsafe Self.resizeDown(middle, rowBytes: 3 * outputWidth, to: target, down)
          }
        }
      }
    }
  }
}

import LinnetTensor

/// The code of each pixel value, channel by channel of the tensor.
struct CodeTable: Sendable {
  /// 256 a channel.
  private let codes: [Int8]
  /// The picture's channel that each tensor channel shows.
  private let channels: SIMD3<Int>

  init(_ preprocessing: Preprocessing, _ quantisation: Quantisation) {
    codes = (0..<3).flatMap { channel in
      (0..<256).map { value in
        quantisation.code((Float(value) - preprocessing.mean[channel]) / preprocessing.deviation[channel])
      }
    }
    channels = preprocessing.order == .rgb ? SIMD3(0, 1, 2) : SIMD3(2, 1, 0)
  }

  /// Writes the codes of the RGB pixels at the start of `pixels`, as many as `output` takes.
  func write(_ pixels: Span<UInt8>, into output: inout MutableSpan<Int8>) {
    precondition(output.count.isMultiple(of: 3) && pixels.count >= output.count)
    let codes = codes.span
    for first in stride(from: 0, to: output.count, by: 3) {
      for channel in 0..<3 {
        output[first + channel] = codes[channel << 8 | Int(pixels[first + channels[channel]])]
      }
    }
  }
}

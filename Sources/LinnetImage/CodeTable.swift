import LinnetTensor

/// The code of each pixel value, channel by channel of the tensor.
struct CodeTable: Sendable {
  /// 256 for each of red, green, blue.
  private let codes: [Int8]
  /// The tensor's channels stand as blue, green, red.
  private let isReversed: Bool
  /// What makes every code of every pixel value when it is added, wrapping; the tensor's channels stand as the
  /// picture's. It is so for networks whose steps are grey levels, and vectorises.
  private let shift: UInt8?

  init(_ preprocessing: Preprocessing, _ quantisation: Quantisation) {
    let isReversed = preprocessing.order == .bgr
    let codes = (0..<3).flatMap { colour in
      let channel = isReversed ? 2 - colour : colour
      return (0..<256).map { value in
        quantisation.code((Float(value) - preprocessing.mean[channel]) / preprocessing.deviation[channel])
      }
    }
    let shift = UInt8(bitPattern: codes[0])
    let isShift = codes.indices.allSatisfy {
      UInt8(bitPattern: codes[$0]) == UInt8(truncatingIfNeeded: $0) &+ shift
    }
    self.shift = isShift && !isReversed ? shift : nil
    self.codes = codes
    self.isReversed = isReversed
  }

  /// Writes the codes of the RGB pixels at the start of `pixels`, as many as `output` takes.
  func write(_ pixels: [UInt8], into output: inout MutableSpan<Int8>) {
    let pixels = pixels.span
    precondition(output.count.isMultiple(of: 3) && pixels.count >= output.count)
    if let shift {
      for i in output.indices {
        unsafe output[unchecked: i] = Int8(bitPattern: pixels[unchecked: i] &+ shift)
      }
      return
    }
    let codes = codes.span
    let (red, blue) = isReversed ? (2, 0) : (0, 2)
    for first in stride(from: 0, to: output.count, by: 3) {
      unsafe output[unchecked: first + red] = codes[unchecked: Int(pixels[unchecked: first])]
      unsafe output[unchecked: first + 1] = codes[unchecked: 256 + Int(pixels[unchecked: first + 1])]
      unsafe output[unchecked: first + blue] = codes[unchecked: 512 + Int(pixels[unchecked: first + 2])]
    }
  }
}

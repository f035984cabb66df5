import CResample

/// One row of a frame, a plane a component.
struct FramePlanes {
  private let width: Int
  private let stride: Int
  private let matrix: linnet_resample_matrix?
  private var samples: [UInt8]

  /// - Parameter matrix: `nil` where the components are colours already.
  init(width: Int, matrix: ColourMatrix?) {
    self.width = width
    stride = (width + LINNET_RESAMPLE_TILE - 1) / LINNET_RESAMPLE_TILE * LINNET_RESAMPLE_TILE
    self.matrix = matrix.map { linnet_resample_matrix($0) }
    samples = [UInt8](repeating: 0, count: 3 * stride)
  }

  /// Takes the samples of a component, one for each pixel; without a component, those of no colour.
  ///
  /// - Precondition: the frame has the bytes that its format wants.
  mutating func fill(_ place: Int, _ component: FrameLayout.Component?, _ bytes: RawSpan, row: Int) {
    let plane = place * stride
    guard let component else {
      for x in 0..<width { samples[plane + x] = 128 }
      return
    }
    let first = component.offset(0, row)
    let (shift, step, width) = (component.across - 1, component.step, width)
    precondition(bytes.byteCount > first + ((width - 1) >> shift) * step)
    var samples = samples.mutableSpan
    for x in 0..<width { unsafe samples[unchecked: plane + x] = bytes.byte(first + (x >> shift) * step) }
  }

  /// Writes the row's RGB pixels.
  mutating func write(into pixels: inout [UInt8], at place: Int) {
    precondition(place >= 0 && pixels.count >= place + 3 * width)
    let level = linnet_resample_best_level()
    let (matrix, stride, width) = (matrix, stride, width)
    unsafe samples.withUnsafeMutableBufferPointer { samples in
      let first = samples.baseAddress!
      let (second, third) = unsafe (first + stride, first + 2 * stride)
      if var matrix { unsafe linnet_resample_colours(level, &matrix, first, second, third, width) }
      unsafe pixels.withUnsafeMutableBufferPointer { pixels in
        unsafe linnet_resample_pixels(
          level, first, second, third, stride, 0, width, 1, pixels.baseAddress! + place)
      }
    }
  }
}

import CResample
import LinnetTensor

/// Carries out plans; keeps its buffers.
struct FrameResampler: Sendable {
  /// The loops that are used.
  var level = linnet_resample_best_level()
  /// Of the frame before.
  var plan: FramePlan?

  /// Rows of a plane, resized from top to bottom.
  private var rows: [UInt8] = []
  /// The same, columns as rows.
  private var columns: [UInt8] = []
  /// The components, resized, columns of the frame as rows, one after the other.
  private var components: [UInt8] = []

  /// Writes the RGB pixels of what `plan` wants of a frame.
  ///
  /// - Precondition: the frame has the bytes that its format wants; `pixels` those of the picture at least.
  mutating func resize(_ bytes: RawSpan, _ plan: FramePlan, into pixels: inout [UInt8]) {
    let (across, down) = plan.isTransposed ? (plan.height, plan.width) : (plan.width, plan.height)
    let stride = Self.padded(down, to: LINNET_RESAMPLE_BLOCK_BYTES)
    let size = stride * Self.padded(across, to: LINNET_RESAMPLE_TILE)
    components.grow(to: 3 * size)
    var place = 0
    for plane in plan.planes {
      resizeDown(bytes, plane, stride: stride)
      for component in plane.components {
        columns.withRawSpan { columns in
          component.across.resizeDown(
            columns.extracting(component.first * stride..<columns.byteCount), stride: component.step * stride,
            rowBytes: stride, into: &components, at: place, outputStride: stride, level: level)
        }
        place += size
      }
    }
    if place == size { addNoColour(size: size) }
    unsafe components.withUnsafeMutableBufferPointer { components in
      let first = components.baseAddress!
      if let matrix = plan.matrix {
        var matrix = linnet_resample_matrix(matrix)
        unsafe linnet_resample_colours(
          level, &matrix, first, first + size, first + 2 * size, across * stride)
      }
      unsafe pixels.withUnsafeMutableBufferPointer { pixels in
        precondition(pixels.count >= 3 * plan.width * plan.height)
        unsafe linnet_resample_pixels(
          level, first, first + size, first + 2 * size, stride, plan.isTransposed ? 0 : 1, plan.width,
          plan.height,
          pixels.baseAddress)
      }
    }
  }

  /// Makes `columns` of the wanted bytes of a plane.
  private mutating func resizeDown(_ bytes: RawSpan, _ plane: FramePlan.Plane, stride: Int) {
    let rowBytes = Self.padded(plane.rowBytes, to: LINNET_RESAMPLE_TILE)
    let count = Self.padded(plane.down.count, to: LINNET_RESAMPLE_TILE)
    rows.grow(to: rowBytes * count)
    columns.grow(to: rowBytes * stride)
    plane.down.resizeDown(
      bytes.extracting(plane.offset..<bytes.byteCount), stride: plane.bytesPerRow, rowBytes: plane.rowBytes,
      into: &rows, outputStride: rowBytes, level: level)
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe columns.withUnsafeMutableBufferPointer { columns in
        unsafe linnet_resample_turn(
          level, rows.baseAddress, rowBytes, rowBytes, count, columns.baseAddress, stride)
      }
    }
  }

  /// Cb and Cr of a picture that has none.
  private mutating func addNoColour(size: Int) {
    for place in size..<3 * size { components[place] = 128 }
  }

  private static func padded(_ count: Int, to multiple: Int) -> Int {
    (count + multiple - 1) / multiple * multiple
  }
}

extension linnet_resample_matrix {
  init(_ matrix: ColourMatrix) {
    self.init(
      black: matrix.black, luma: matrix.luma, red_from_cr: matrix.redFromCr,
      green_from_cb: matrix.greenFromCb,
      green_from_cr: matrix.greenFromCr, blue_from_cb: matrix.blueFromCb)
  }
}

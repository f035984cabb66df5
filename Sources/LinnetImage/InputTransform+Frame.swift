public import LinnetTensor

extension InputTransform {
  /// Writes the codes of what a camera's frame shows through `view`.
  ///
  /// A JPEG is decoded at the smallest of its scales that has the tensor's extents; of other formats each component is
  /// resized as its bytes lie, and only then made a colour. After the first frame of a format and view nothing is
  /// allocated.
  /// - Parameters:
  ///   - format: of JPEG, only that it is one: the bytes say the rest.
  ///   - codes: height × width × 3, channels innermost; unchanged on an error.
  /// - Precondition: `codes` has as many elements as the shape.
  public mutating func write(
    frame bytes: RawSpan, format: FrameFormat, view: FrameView = .plain, into codes: inout MutableSpan<Int8>
  ) throws(PictureError) {
    let whole = try Picture(frame: bytes, format: format, limits: limits)
    let upright = whole.turned(view.orientation(of: .upright))
    let part = try view.part(of: preprocessing, width: upright.width, height: upright.height)
    write(upright, part: part)
    self.codes.write(resized, into: &codes)
  }
}

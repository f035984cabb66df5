public import LinnetTensor

extension InputTransform {
  /// Takes what a camera's frame shows through `view`, for ``writeTaken(into:)``.
  ///
  /// A JPEG is decoded at the smallest of its scales that has the tensor's extents; of other formats each component is
  /// resized as its bytes lie, and only then made a colour. After the first frame of a format and view nothing is
  /// allocated.
  /// - Parameter format: of JPEG, only that it is one: the bytes say the rest, and may be a PNG.
  public mutating func take(
    frame bytes: RawSpan, format: FrameFormat, view: FrameView = .plain
  ) throws(PictureError) {
    let plan = try plan(.init(source: source(bytes, format), view: view))
    if let (header, decoding) = plan.decoding {
      try reader.read(bytes, header: header, plan: decoding, limits: limits)
      reader.pixels.withRawSpan { frames.resize($0, plan, into: &resized) }
    } else {
      frames.resize(bytes, plan, into: &resized)
    }
  }

  /// Writes the codes of what was taken last.
  ///
  /// - Parameter codes: height × width × 3, channels innermost.
  /// - Precondition: `codes` has as many elements as the shape.
  public func writeTaken(into codes: inout MutableSpan<Int8>) { self.codes.write(resized, into: &codes) }

  private func source(_ bytes: RawSpan, _ format: FrameFormat) throws(PictureError) -> FramePlan.Source {
    guard format.pixels == .jpeg else {
      try format.check(bytes, limits)
      return .raw(format)
    }
    let header = try PictureHeader.read(bytes)
    try header.check(limits)
    return .encoded(header)
  }

  private mutating func plan(_ key: FramePlan.Key) throws(PictureError) -> FramePlan {
    if let plan = frames.plan, plan.key == key { return plan }
    let plan = try FramePlan(key, recipe: preprocessing)
    frames.plan = plan
    return plan
  }
}

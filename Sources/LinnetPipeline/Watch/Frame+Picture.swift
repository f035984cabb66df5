public import LinnetCapture
public import LinnetImage
internal import LinnetTensor

extension Frame {
  /// What is seen of the frame through `view`, for looking at and keeping.
  ///
  /// - Parameter minimum: extents of the whole frame that suffice: a JPEG is then decoded at a smaller scale that has them.
  public func picture(
    _ view: FrameView = .plain, covering minimum: (width: Int, height: Int)? = nil
  ) throws(PictureError) -> Picture {
    let whole = try withBytes { bytes throws(PictureError) in
      guard format.pixels == .jpeg, let minimum else { return try Picture(frame: bytes, format: format) }
      return try Picture.decode(bytes, covering: minimum)
    }
    return view == .plain ? whole : try whole.seen(through: view)
  }
}

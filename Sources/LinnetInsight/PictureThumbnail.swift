internal import LinnetImage
public import LinnetPipeline
public import LinnetReport
internal import LinnetTensor

/// A small copy of a picture for a page, its longer side at most `side` pixels; `nil` where it cannot be read.
public func thumbnail(of picture: PictureSource, side: Int = 144) -> DataURI? {
  guard let bytes = try? picture.read(),
    let whole = try? Picture.decode(bytes, covering: (side, side))
  else { return nil }
  let longer = max(whole.width, whole.height)
  let small =
    longer <= side
    ? whole
    : whole.resized(
      width: max(1, whole.width * side / longer), height: max(1, whole.height * side / longer),
      filter: .bilinear)
  return (try? small.encodeJPEG(quality: 78)).map { DataURI(jpeg: $0) }
}

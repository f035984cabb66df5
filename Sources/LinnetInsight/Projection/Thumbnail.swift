public import LinnetImage
public import LinnetReport
internal import LinnetTensor

/// A small picture for pages: the middle square.
public enum Thumbnail {
  /// The thumbnail of an encoded picture (JPEG, PNG), `side` pixels each way.
  public static func make(of picture: [UInt8], side: Int) throws(PictureError) -> DataURI {
    let decoded = try Picture.decode(picture, covering: (2 * side, 2 * side))
    let shorter = min(decoded.width, decoded.height)
    let square = decoded.cropped(
      x: (decoded.width - shorter) / 2, y: (decoded.height - shorter) / 2, width: shorter, height: shorter)
    return DataURI(
      jpeg: try square.resized(width: side, height: side, filter: .bicubic).encodeJPEG(quality: 78))
  }
}

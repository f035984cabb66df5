internal import LinnetCapture
internal import LinnetImage
internal import LinnetPipeline
internal import LinnetSafetensors

/// How a picture is kept in a file of this name; `nil` where the name does not say.
func pictureEncoding(of path: String) -> ((Picture) throws(PictureError) -> [UInt8])? {
  let name = path.lowercased()
  if name.hasSuffix(".png") { return { picture throws(PictureError) in try picture.encodePNG() } }
  if name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") {
    return { picture throws(PictureError) in try picture.encodeJPEG(quality: 95) }
  }
  return nil
}

/// Writes what is seen of a frame into the file, in place of what was there.
func savePicture(_ frame: borrowing Frame, _ view: FrameView, to path: String) throws {
  guard let encode = pictureEncoding(of: path) else { return }
  let bytes: [UInt8]
  do throws(PictureError) {
    bytes = try encode(try frame.picture(view))
  } catch {
    throw Failure(.failed, "\(path): \(error.description)")
  }
  try reporting { try writeAtomically(bytes, to: path) }
}

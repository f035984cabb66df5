extension Picture {
  /// What of the picture is seen through `view`, as it is seen.
  ///
  /// - Throws: where the view's crop leaves nothing of it.
  public func seen(through view: FrameView) throws(PictureError) -> Picture {
    let orientation = view.orientation(of: .upright)
    let picture = orientation == .upright ? self : turned(orientation)
    guard let crop = view.crop else { return picture }
    guard let region = crop.region(width: picture.width, height: picture.height) else {
      throw .unsupported("the crop \(crop) leaves nothing of \(picture.width) × \(picture.height) pixels")
    }
    return picture.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
  }
}

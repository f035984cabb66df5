public import LinnetTensor

extension Picture {
  /// A part of the picture.
  ///
  /// - Precondition: the part has at least one pixel and lies inside.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
    precondition(x >= 0 && y >= 0 && width >= 1 && height >= 1, "the part is empty or begins outside")
    precondition(x + width <= self.width && y + height <= self.height, "the part ends outside")
    var part: [UInt8] = []
    part.reserveCapacity(3 * width * height)
    for row in y..<y + height {
      let first = 3 * (row * self.width + x)
      part.append(contentsOf: pixels[first..<first + 3 * width])
    }
    return Picture(width: width, height: height, pixels: part)
  }

  /// The picture at another size, antialiased.
  ///
  /// - Precondition: both extents are at least 1.
  public func resized(width: Int, height: Int, filter: Preprocessing.Filter) -> Picture {
    precondition(width >= 1 && height >= 1, "a picture has at least one pixel")
    var output = [UInt8](repeating: 0, count: 3 * width * height)
    var reader = PictureReader()
    reader.copy(self, part: Region(x: 0, y: 0, width: self.width, height: self.height))
    var resampler = Resampler()
    resampler.resize(
      reader.pixels, width: self.width, height: self.height,
      box: .init(left: 0, top: 0, right: Double(self.width), bottom: Double(self.height)), filter: filter,
      to: &output, width: width, height: height)
    return Picture(width: width, height: height, pixels: output)
  }

  /// Left and right exchanged.
  public func flipped() -> Picture { turned(.flippedHorizontally) }

  /// The picture as it lies upright when it is stored in `orientation`.
  public func turned(_ orientation: Orientation) -> Picture {
    var output = [UInt8](repeating: 0, count: pixels.count)
    orientation.copy(pixels, width: width, height: height, into: &output)
    let (width, height) = orientation.isTransposed ? (height, width) : (width, height)
    return Picture(width: width, height: height, pixels: output)
  }
}

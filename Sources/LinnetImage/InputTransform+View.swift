internal import LinnetTensor

extension InputTransform {
  /// Writes the codes of a view of a picture that was decoded for it.
  ///
  /// - Precondition: `codes` has as many elements as the shape.
  public mutating func write(
    _ view: PictureView, of picture: borrowing DecodedPicture, into codes: inout MutableSpan<Int8>
  ) {
    resize(
      picture.reader.pixels, width: picture.width, height: picture.height,
      box: picture.box(of: view, preprocessing))
    if view.turn != .upright { turn(view.turn) }
    if view.isMirrored { mirror() }
    if view.light != .asItIs { relight(view.light) }
    self.codes.write(resized, into: &codes)
  }

  private mutating func mirror() {
    let width = preprocessing.width
    for row in 0..<preprocessing.height {
      let first = 3 * row * width
      for column in 0..<width / 2 {
        for channel in 0..<3 {
          resized.swapAt(first + 3 * column + channel, first + 3 * (width - 1 - column) + channel)
        }
      }
    }
  }

  /// Halfway to the square of the light, or to its root.
  private mutating func relight(_ light: PictureView.Light) {
    let table = (0..<256).map { value in
      let value = Double(value)
      let other = light == .darker ? value * value / 255 : (value * 255).squareRoot()
      return UInt8(((value + other) / 2).rounded())
    }
    for place in resized.indices { resized[place] = table[Int(resized[place])] }
  }

  /// Turns about the middle by 8 degrees, enlarged by cos + sin so that every place comes from inside; between pixels
  /// bilinear, in 1/65536 of a pixel.
  private mutating func turn(_ turn: PictureView.Turn) {
    let (width, height) = (preprocessing.width, preprocessing.height)
    // cos 8° / (cos 8° + sin 8°) and sin 8° / (cos 8° + sin 8°), in 1/65536.
    let cosine = 57_460
    let sine = 8_076 * Int(turn.rawValue)
    let source = resized
    for row in 0..<height {
      for column in 0..<width {
        let (across, down) = (2 * column - (width - 1), 2 * row - (height - 1))
        // Halves of 1/65536, from the middle to the first pixel.
        let x = (across * cosine - down * sine + (width - 1) << 16) >> 1
        let y = (across * sine + down * cosine + (height - 1) << 16) >> 1
        let left = min(max(0, x >> 16), width - 1)
        let top = min(max(0, y >> 16), height - 1)
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (u, v) = (min(max(0, x - left << 16), 65_535), min(max(0, y - top << 16), 65_535))
        for channel in 0..<3 {
          func pixel(_ x: Int, _ y: Int) -> Int { Int(source[3 * (y * width + x) + channel]) }
          let upper = pixel(left, top) * (65_536 - u) + pixel(right, top) * u
          let lower = pixel(left, bottom) * (65_536 - u) + pixel(right, bottom) * u
          let sum = upper * (65_536 - v) + lower * v
          resized[3 * (row * width + column) + channel] = UInt8((sum + 1 << 31) >> 32)
        }
      }
    }
  }
}

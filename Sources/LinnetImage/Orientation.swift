/// How stored pixels lie in the upright picture: the EXIF tag of the same name (0x0112), by its values.
public enum Orientation: Int, CaseIterable, Sendable {
  case upright = 1
  case flippedHorizontally = 2
  case rotatedHalf = 3
  case flippedVertically = 4
  /// Over the diagonal from the top left.
  case transposed = 5
  /// Stored a quarter turn anticlockwise; upright after a quarter turn clockwise.
  case rotatedLeft = 6
  /// Over the diagonal from the top right.
  case transversed = 7
  /// Stored a quarter turn clockwise; upright after a quarter turn anticlockwise.
  case rotatedRight = 8

  /// Upright rows are stored columns.
  public var isTransposed: Bool { rawValue >= 5 }

  /// The upright picture's columns run against the stored rows' (or columns', where transposed) direction.
  var reversesX: Bool {
    self == .flippedHorizontally || self == .rotatedHalf || self == .rotatedLeft || self == .transversed
  }

  /// The upright picture's rows run against the stored columns' (or rows', where transposed) direction.
  var reversesY: Bool {
    self == .flippedVertically || self == .rotatedHalf || self == .rotatedRight || self == .transversed
  }
}

extension Orientation {
  private init(isTransposed: Bool, reversesX: Bool, reversesY: Bool) {
    self =
      switch (isTransposed, reversesX, reversesY) {
      case (false, false, false): .upright
      case (false, true, false): .flippedHorizontally
      case (false, true, true): .rotatedHalf
      case (false, false, true): .flippedVertically
      case (true, false, false): .transposed
      case (true, true, false): .rotatedLeft
      case (true, true, true): .transversed
      case (true, false, true): .rotatedRight
      }
  }

  /// The orientation of what this one makes upright and `next` then turns as if it were stored so.
  func followed(by next: Orientation) -> Orientation {
    let (x, y) = next.isTransposed ? (reversesY, reversesX) : (reversesX, reversesY)
    return Orientation(
      isTransposed: isTransposed != next.isTransposed, reversesX: next.reversesX != x,
      reversesY: next.reversesY != y)
  }

  /// Where `upright`, a part of an upright picture of `width` × `height`, lies in the stored picture.
  func stored(_ upright: Region, width: Int, height: Int) -> Region {
    let x = reversesX ? width - upright.x - upright.width : upright.x
    let y = reversesY ? height - upright.y - upright.height : upright.y
    return isTransposed
      ? Region(x: y, y: x, width: upright.height, height: upright.width)
      : Region(x: x, y: y, width: upright.width, height: upright.height)
  }

  /// Copies RGB pixels stored as `width` × `height` into their upright places, row after row.
  func copy(_ stored: [UInt8], width: Int, height: Int, into upright: inout [UInt8]) {
    let columns = isTransposed ? height : width
    let rows = isTransposed ? width : height
    precondition(stored.count >= 3 * width * height && upright.count >= 3 * width * height)
    let stepX = 3 * (isTransposed ? width : 1) * (reversesX ? -1 : 1)
    let stepY = 3 * (isTransposed ? 1 : width) * (reversesY ? -1 : 1)
    let first = (reversesX ? -stepX * (columns - 1) : 0) + (reversesY ? -stepY * (rows - 1) : 0)
    let stored = stored.span
    var upright = upright.mutableSpan
    var to = 0
    for y in 0..<rows {
      var from = first + y * stepY
      for _ in 0..<columns {
        upright[to] = stored[from]
        upright[to + 1] = stored[from + 1]
        upright[to + 2] = stored[from + 2]
        from += stepX
        to += 3
      }
    }
  }
}

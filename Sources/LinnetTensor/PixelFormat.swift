/// How the pixels of a camera's frame lie in memory, named by the four letters of the Linux video API
/// (linux/videodev2.h).
public enum PixelFormat: String, CaseIterable, Hashable, Sendable {
  /// One JPEG picture, of which some cameras leave the Huffman tables out.
  case jpeg = "MJPG"
  /// Y′CbCr 4:2:2, bytes Y₀ Cb Y₁ Cr for two pixels.
  case yuyv = "YUYV"
  /// Y′CbCr 4:2:2, bytes Cb Y₀ Cr Y₁ for two pixels.
  case uyvy = "UYVY"
  /// Y′CbCr 4:2:0: rows of Y, then half as many rows of Cb Cr pairs, one pair for 2 × 2 pixels.
  case nv12 = "NV12"
  /// Bytes R G B.
  case rgb24 = "RGB3"
  /// Bytes B G R.
  case bgr24 = "BGR3"
  /// One byte of luma.
  case grey = "GREY"
}

/// How Y′CbCr codes stand for colours: what a driver reports, or what is usual for the picture's size.
public struct ColourEncoding: Hashable, Sendable {
  /// Weights of red, green and blue in luma.
  public enum Matrix: Hashable, Sendable {
    /// ITU-R BT.601: 0.299, 0.587, 0.114.
    case bt601
    /// ITU-R BT.709: 0.2126, 0.7152, 0.0722.
    case bt709
  }

  /// Which codes stand for black and white.
  public enum Range: Hashable, Sendable {
    /// 0 and 255.
    case full
    /// 16 and 235; Cb and Cr 16…240.
    case limited
  }

  public var matrix: Matrix
  public var range: Range

  public init(matrix: Matrix, range: Range) {
    (self.matrix, self.range) = (matrix, range)
  }

  /// What webcams send when they do not say: BT.601 in limited range.
  public static let usual = ColourEncoding(matrix: .bt601, range: .limited)
}

/// What the bytes of a frame are.
public struct FrameFormat: Hashable, Sendable {
  public var pixels: PixelFormat
  /// Pixels; even where chroma is halved.
  public var width: Int
  public var height: Int
  /// Bytes from a row to the next, of the first plane where there are two; 0 for JPEG.
  public var bytesPerRow: Int
  /// Of Y′CbCr formats, and of GREY, whose codes are luma; JPEG is always BT.601 in full range (JFIF).
  public var colour: ColourEncoding

  /// - Parameter bytesPerRow: `nil` for rows that follow each other without a gap.
  public init(
    pixels: PixelFormat, width: Int, height: Int, bytesPerRow: Int? = nil, colour: ColourEncoding = .usual
  ) {
    self.pixels = pixels
    self.width = width
    self.height = height
    self.bytesPerRow = bytesPerRow ?? pixels.bytesPerPixelOfFirstPlane * width
    self.colour = colour
  }

  /// Bytes that a whole frame has; `nil` for JPEG, which says itself where it ends.
  public var byteCount: Int? {
    switch pixels {
    case .jpeg: nil
    case .nv12: bytesPerRow * height + bytesPerRow * ((height + 1) / 2)
    case .yuyv, .uyvy, .rgb24, .bgr24, .grey: bytesPerRow * height
    }
  }
}

extension PixelFormat {
  /// 0 for JPEG.
  public var bytesPerPixelOfFirstPlane: Int {
    switch self {
    case .jpeg: 0
    case .grey, .nv12: 1
    case .yuyv, .uyvy: 2
    case .rgb24, .bgr24: 3
    }
  }
}

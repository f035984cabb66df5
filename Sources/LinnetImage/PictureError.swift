/// Why bytes did not become a picture, or a picture not bytes.
public enum PictureError: Error, Equatable {
  /// No bytes at all.
  case empty
  /// Neither JPEG nor PNG by its first bytes.
  case notAPicture
  /// The end is missing, or coded data breaks off.
  case truncated
  /// What the decoder found wrong.
  case corrupt(String)
  /// A valid file of a kind that is not decoded.
  case unsupported(String)
  /// More pixels than ``DecodeLimits/pixels``; nothing was allocated.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// More working memory than ``DecodeLimits/bytes``, or none left.
  case outOfMemory(limit: Int)
}

extension PictureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the picture is empty (0 bytes)"
    case .notAPicture:
      "not a picture that can be read: it is neither a JPEG nor a PNG, convert it to one of these"
    case .truncated: "the picture is cut off: its end is missing, copy it again from its source"
    case .corrupt(let what): "the picture is damaged: \(what)"
    case .unsupported(let what): "this kind of picture is not supported: \(what)"
    case .tooLarge(let width, let height, let limit):
      "the picture is too large: \(width) × \(height) pixels are more than the limit of \(limit)"
    case .outOfMemory(let limit):
      "decoding the picture takes more than the limit of \(limit >> 20) MiB of memory, save it as a baseline JPEG"
    }
  }
}

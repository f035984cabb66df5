/// What a decoder may spend on one picture, and how much of it must be there.
public struct DecodeLimits: Hashable, Sendable {
  /// Most pixels (width × height) that a header may announce.
  public var pixels = 100_000_000
  /// Most bytes of working memory beside the pixels: coefficients of a progressive JPEG, an interlaced PNG.
  public var bytes = 256 << 20
  /// Most scans of a progressive JPEG; encoders write about ten.
  public var scans = 100
  /// Takes what is there when the end is missing: the rest is grey (JPEG) or black (PNG).
  public var allowTruncated = false

  public init() {}
}

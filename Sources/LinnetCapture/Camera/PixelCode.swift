public import LinnetTensor

/// The four letters by which the Linux video API names a picture format, whether Linnet reads it or not.
public struct PixelCode: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ format: PixelFormat) {
    // Every case's name has four ASCII letters.
    self.init(letters: format.rawValue)!
  }

  /// `nil` unless there are one to four ASCII letters; blanks follow where there are fewer.
  public init?(letters: String) {
    let bytes = Array(letters.utf8)
    guard (1...4).contains(bytes.count), bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
    rawValue = (0..<4).reduce(0) { $0 | UInt32($1 < bytes.count ? bytes[$1] : 0x20) << (8 * UInt32($1)) }
  }

  /// The format that frames of this code have without any conversion.
  public var format: PixelFormat? {
    self == Self.jfif ? .jpeg : PixelFormat.allCases.first { PixelCode($0) == self }
  }

  /// What some drivers call the JPEG pictures that others call MJPG.
  private static let jfif = PixelCode(letters: "JPEG")!
}

extension PixelCode: CustomStringConvertible {
  /// The letters without blanks at the end; big-endian variants, whose highest bit is set, end in “-BE”.
  public var description: String {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (8 * UInt32($0))) & 0x7F }
    var letters = String(
      String.UnicodeScalarView(bytes.map { (0x20..<0x7F).contains($0) ? Unicode.Scalar($0) : "?" }))
    while letters.hasSuffix(" ") { letters.removeLast() }
    return rawValue >> 31 == 0 ? letters : letters + "-BE"
  }
}

/// The one thing of EXIF (CIPA DC-008) that is needed: the orientation tag of the first directory.
enum EXIF {
  private static let segmentPrefix: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0x00, 0x00]
  private static let orientationTag = 0x0112
  private static let shortType = 3
  private static let entryBytes = 12

  /// From an APP1 segment's payload; `nil` where it is not EXIF or says nothing sensible.
  static func orientation(segment: RawSpan) -> Orientation? {
    guard segment.hasPrefix(segmentPrefix) else { return nil }
    return orientation(tiff: segment.extracting(droppingFirst: segmentPrefix.count))
  }

  /// From a TIFF structure of either byte order; `nil` where it says nothing sensible.
  static func orientation(tiff: RawSpan) -> Orientation? {
    guard let order = tiff.number(at: 0, bytes: 2), order == 0x4949 || order == 0x4D4D else { return nil }
    let big = order == 0x4D4D
    guard tiff.number(at: 2, bytes: 2, bigEndian: big) == 42,
      let directory = tiff.number(at: 4, bytes: 4, bigEndian: big),
      let count = tiff.number(at: directory, bytes: 2, bigEndian: big)
    else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + entry * entryBytes
      guard let tag = tiff.number(at: offset, bytes: 2, bigEndian: big) else { return nil }
      guard tag == orientationTag else { continue }
      guard tiff.number(at: offset + 2, bytes: 2, bigEndian: big) == shortType,
        let value = tiff.number(at: offset + 8, bytes: 2, bigEndian: big)
      else { return nil }
      return Orientation(rawValue: value)
    }
    return nil
  }
}

/// Labels as names of folders: any Unicode text of reasonable length, reversibly made safe.
///
/// Control characters, `/`, `%` and a leading `.` are written `%XX`, byte by byte of UTF-8; everything else
/// stands as it is. A folder made by hand whose name holds a `%` that starts no such group reads as it stands.
public enum LabelName {
  /// Longest label, in bytes of UTF-8.
  public static let longest = 200

  /// The folder name of `label`.
  public static func folder(of label: String) throws(StoreError) -> String {
    guard label.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw .badLabel(label: label, reason: "it is empty")
    }
    guard label.utf8.count <= longest else {
      throw .badLabel(
        label: String(label.prefix(24)) + "…",
        reason: "it has \(label.utf8.count) bytes, more than \(longest)")
    }
    var bytes: [UInt8] = []
    for (place, byte) in label.utf8.enumerated() {
      let mustEscape =
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "%")
        || (byte == UInt8(ascii: ".") && place == 0)
      if mustEscape {
        bytes += [UInt8(ascii: "%"), hexadecimalDigit(byte >> 4), hexadecimalDigit(byte & 15)]
      } else {
        bytes.append(byte)
      }
    }
    guard bytes.count <= 255 else {
      throw .badLabel(
        label: String(label.prefix(24)) + "…", reason: "as a folder name it has more than 255 bytes")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The label that a folder of this name stands for.
  public static func label(ofFolder name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "%")) else { return name }
    let bytes = Array(name.utf8)
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        let high = hexadecimalValue(bytes[place + 1]), let low = hexadecimalValue(bytes[place + 2])
      {
        result.append(high << 4 | low)
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(validating: result, as: UTF8.self) ?? name
  }
}

/// The digit for 0…15.
func hexadecimalDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
}

/// 0…15 for a digit of either case.
func hexadecimalValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  default: nil
  }
}

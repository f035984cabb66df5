/// Whether `one` comes before `other` as people number files: runs of digits by their value, everything else by its bytes.
public func naturallyPrecedes(_ one: String, _ other: String) -> Bool {
  let (one, other) = (Array(one.utf8), Array(other.utf8))
  var (i, j) = (0, 0)
  while i < one.count && j < other.count {
    if isDigit(one[i]) && isDigit(other[j]) {
      let (a, b) = (number(in: one, from: &i), number(in: other, from: &j))
      if a.count != b.count { return a.count < b.count }
      if a != b { return a.lexicographicallyPrecedes(b) }
    } else {
      if one[i] != other[j] { return one[i] < other[j] }
      i += 1
      j += 1
    }
  }
  // Of names that differ in leading zeros alone, the shorter one.
  return one.count - i != other.count - j ? one.count - i < other.count - j : one.count < other.count
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// The digits at `place` without leading zeros; `place` moves behind them.
private func number(in bytes: [UInt8], from place: inout Int) -> ArraySlice<UInt8> {
  while place < bytes.count, bytes[place] == UInt8(ascii: "0") { place += 1 }
  let first = place
  while place < bytes.count, isDigit(bytes[place]) { place += 1 }
  return bytes[first..<place]
}

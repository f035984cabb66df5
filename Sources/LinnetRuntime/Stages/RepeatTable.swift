/// The groups of taps that a matrix product reads once more (`Operator.Weights.repeats`), as plain memory for a stage.
@safe struct RepeatTable {
  let count: Int
  private let repeats: UnsafePointer<Repeat>

  private struct Repeat {
    /// The segment that the group lies in.
    let segment: Int
    /// Bytes from the segment's beginning.
    let offset: Int
  }

  static func byteCount(_ repeats: [Int]) -> Int { repeats.count * MemoryLayout<Repeat>.stride }

  /// - Parameters:
  ///   - segmentBytes: length of the segments that the product reads first.
  ///   - memory: ``byteCount(_:)`` bytes that outlive the table; written here and never again.
  @unsafe init(_ repeats: [Int], segmentBytes: Int, at memory: UnsafeMutableRawPointer) {
    let table = unsafe memory.assumingMemoryBound(to: Repeat.self)
    for (index, tap) in repeats.enumerated() {
      unsafe table[index] = Repeat(segment: tap / segmentBytes, offset: tap % segmentBytes)
    }
    count = repeats.count
    unsafe self.repeats = UnsafePointer(table)
  }

  typealias Addresses = UnsafeMutablePointer<UnsafePointer<Int8>?>

  /// Puts the addresses of the groups behind those of the `segments` segments.
  func append(to addresses: Addresses, segments: Int) {
    for index in 0..<count {
      let group = unsafe repeats[index]
      unsafe addresses[segments + index] = addresses[group.segment]?.advanced(by: group.offset)
    }
  }

  /// The addresses for a matrix of one segment.
  /// - Parameter scratch: ``scratchBytes(_:)`` bytes.
  func addresses(from first: UnsafePointer<Int8>, _ scratch: UnsafeMutableRawPointer)
    -> UnsafePointer<UnsafePointer<Int8>?>
  {
    let addresses = unsafe scratch.assumingMemoryBound(to: UnsafePointer<Int8>?.self)
    unsafe addresses[0] = first
    unsafe append(to: addresses, segments: 1)
    return unsafe UnsafePointer(addresses)
  }

  static func scratchBytes(_ repeats: [Int]) -> Int { (1 + repeats.count) * 8 }
}

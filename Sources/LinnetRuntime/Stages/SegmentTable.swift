internal import LinnetModel

/// Where the segments of a matrix's rows begin: ``Operator/Segments`` as plain memory, for a stage to read.
@safe struct SegmentTable {
  let count: Int
  private let entries: UnsafePointer<Entry>

  private struct Entry {
    /// The row of the kernel that the segment lies in.
    let row: Int
    /// Bytes from the beginning of that row.
    let offset: Int
    /// Bytes from the beginning of all rows, one behind another.
    let start: Int
  }

  static func byteCount(_ segments: Operator.Segments) -> Int {
    segments.starts.count * MemoryLayout<Entry>.stride
  }

  /// - Parameters:
  ///   - run: bytes of a row of the kernel.
  ///   - memory: ``byteCount(_:)`` bytes that outlive the table; they are written here and never again.
  @unsafe init(_ segments: Operator.Segments, run: Int, at memory: UnsafeMutableRawPointer) {
    count = segments.starts.count
    let entries = unsafe memory.assumingMemoryBound(to: Entry.self)
    for (index, start) in segments.starts.enumerated() {
      unsafe entries[index] = Entry(row: start / run, offset: start % run, start: start)
    }
    unsafe self.entries = UnsafePointer(entries)
  }

  typealias Addresses = UnsafePointer<UnsafePointer<Int8>?>

  /// The segments of a matrix at `first` whose rows hold all taps, one after another.
  /// - Parameter scratch: eight bytes a segment.
  func addresses(from first: UnsafePointer<Int8>, _ scratch: UnsafeMutableRawPointer) -> Addresses {
    let addresses = unsafe scratch.assumingMemoryBound(to: UnsafePointer<Int8>?.self)
    for index in 0..<count { unsafe addresses[index] = first + entries[index].start }
    return unsafe UnsafePointer(addresses)
  }

  /// The segments of a matrix whose rows lie apart, each at its kernel row's address.
  func addresses(
    in kernelRows: UnsafeMutablePointer<UnsafePointer<Int8>?>,
    _ addresses: UnsafeMutablePointer<UnsafePointer<Int8>?>
  ) -> Addresses {
    for index in 0..<count {
      let entry = unsafe entries[index]
      unsafe addresses[index] = kernelRows[entry.row]?.advanced(by: entry.offset)
    }
    return unsafe UnsafePointer(addresses)
  }
}

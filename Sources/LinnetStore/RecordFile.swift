internal import CLinux

/// A file of records of one length behind a header of 64 bytes, each with a checksum, only ever appended to.
///
/// For what can be made again: whatever is wrong with the file makes it as good as empty, and nothing here throws.
struct RecordFile {
  static let headerLength = 64
  /// Bytes of a record's checksum, which stands at its end.
  static let checksumLength = 8
  /// Bytes of the disk that are left to what cannot be made again.
  static let reserve = 8 << 20

  let path: String
  /// What the file must begin with.
  let header: [UInt8]
  /// Bytes of a record without its checksum.
  let payloadLength: Int
  /// The file is halved when it is longer.
  let limit: Int

  private var recordLength: Int { payloadLength + Self.checksumLength }

  /// Whole records in the file now, or 0 when it is not such a file.
  private func count(_ descriptor: Int32) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) >= Self.headerLength,
      bytes(descriptor, at: 0, count: Self.headerLength) == header
    else { return 0 }
    return (Int(status.st_size) - Self.headerLength) / recordLength
  }

  /// Calls `body` with the number and the first `prefix` bytes of every record, unchecked; `nil` when there is no such file.
  func forEach(prefix: Int, _ body: (Int, ArraySlice<UInt8>) -> Void) {
    let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let count = count(descriptor)
    let recordsAtOnce = max(1, (1 << 20) / recordLength)
    for first in stride(from: 0, to: count, by: recordsAtOnce) {
      let some = min(recordsAtOnce, count - first)
      guard let chunk = bytes(descriptor, at: offset(first), count: some * recordLength) else { return }
      for place in 0..<some {
        body(first + place, chunk[place * recordLength..<place * recordLength + prefix])
      }
    }
  }

  /// Reads records by number, as long as it lives, from the file as it was when this was made.
  func reader() -> Reader? {
    let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
    return descriptor < 0 ? nil : Reader(descriptor, recordLength)
  }

  final class Reader: Sendable {
    private let descriptor: Int32
    private let recordLength: Int

    fileprivate init(_ descriptor: Int32, _ recordLength: Int) {
      self.descriptor = descriptor
      self.recordLength = recordLength
    }

    deinit { close(descriptor) }

    /// The payload of a record, if its checksum is right.
    func payload(_ number: Int) -> [UInt8]? {
      let offset = RecordFile.headerLength + number * recordLength
      guard var record = bytes(descriptor, at: offset, count: recordLength) else { return nil }
      let sum = record[(recordLength - RecordFile.checksumLength)...].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      record.removeLast(RecordFile.checksumLength)
      return checksum(record) == sum ? record : nil
    }
  }

  /// Appends records, as far as the disk has more room than ``reserve``; the file is made, or made anew, when it is missing or
  /// not of this kind.
  func append(_ payloads: [[UInt8]]) {
    guard !payloads.isEmpty, (try? Folder.make(Folder.parent(of: path))) != nil else { return }
    let descriptor = unsafe linnet_open(path, O_RDWR | O_CREAT, 0o644)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { return }
    let payloads = payloads.prefix(max(0, room(descriptor) - Self.reserve) / recordLength)
    guard !payloads.isEmpty else { return }
    var records = [UInt8]()
    records.reserveCapacity(payloads.count * recordLength)
    for payload in payloads {
      records += payload
      var sum = checksum(payload)
      for _ in 0..<Self.checksumLength {
        records.append(UInt8(truncatingIfNeeded: sum))
        sum >>= 8
      }
    }
    let before = count(descriptor)
    if offset(before) + records.count > limit {
      halve(descriptor, count: before, adding: records)
      return
    }
    if before == 0 {
      guard ftruncate(descriptor, 0) == 0 else { return }
      records = header + records
    } else {
      // A tail torn by a crash is cut off, so that records stay in step.
      guard ftruncate(descriptor, off_t(offset(before))) == 0 else { return }
    }
    lseek(descriptor, 0, SEEK_END)
    _ = File.writeAll(descriptor, records)
  }

  /// Free bytes of the disk that the file lies on, for whom is not root; all where the system does not say.
  private func room(_ descriptor: Int32) -> Int {
    var status = statvfs()
    guard unsafe fstatvfs(descriptor, &status) == 0, status.f_blocks > 0 else { return .max }
    let bytes = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return bytes.overflow ? .max : bytes.partialValue
  }

  /// Puts the newer half of the records and `records` into a new file in the place of this one.
  private func halve(_ descriptor: Int32, count: Int, adding records: [UInt8]) {
    let kept = count / 2
    let new = path + ".new"
    unsafe unlink(new)
    let target = unsafe linnet_open(new, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard target >= 0 else { return }
    defer { close(target) }
    var isWhole = File.writeAll(target, header)
    let recordsAtOnce = max(1, (1 << 20) / recordLength)
    for first in stride(from: count - kept, to: count, by: recordsAtOnce) where isWhole {
      let length = min(recordsAtOnce, count - first) * recordLength
      guard let chunk = bytes(descriptor, at: offset(first), count: length) else { break }
      isWhole = File.writeAll(target, chunk)
    }
    isWhole = isWhole && File.writeAll(target, Array(records.suffix(limit / 2 / recordLength * recordLength)))
    if !isWhole || (unsafe rename(new, path)) != 0 { unsafe unlink(new) }
  }

  private func offset(_ record: Int) -> Int { Self.headerLength + record * recordLength }
}

/// `count` bytes of the file at `offset`, or `nil` when it has not as many.
private func bytes(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
  var result = [UInt8](repeating: 0, count: count)
  var done = 0
  while done < count {
    let got = unsafe result.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
    }
    if got < 0 && linnet_errno() == EINTR { continue }
    if got <= 0 { return nil }
    done += got
  }
  return result
}

/// A 64-bit sum that a torn or flipped record does not pass: FNV-1a over words of 8 bytes, each step mixed down.
private func checksum(_ bytes: [UInt8]) -> UInt64 {
  unsafe bytes.withUnsafeBytes { unsafe checksum($0.bytes) }
}

private func checksum(_ span: RawSpan) -> UInt64 {
  var sum: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(span.byteCount)
  var place = 0
  while place + 8 <= span.byteCount {
    sum =
      (sum ^ (unsafe span.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)))
      &* 0x0000_0100_0000_01B3
    sum ^= sum >> 32
    place += 8
  }
  while place < span.byteCount {
    sum =
      (sum ^ UInt64(unsafe span.unsafeLoad(fromByteOffset: place, as: UInt8.self))) &* 0x0000_0100_0000_01B3
    place += 1
  }
  return sum
}

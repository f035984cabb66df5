internal import CLinux

/// The bytes of a whole file, read-only: mapped, or a copy aligned to 64. Owns them.
///
/// A mapped file must not be shortened by others while it is in use; replacing it (``writeAtomically(_:to:)``) is fine.
@safe struct FileMemory: ~Copyable, @unchecked Sendable {
  let base: UnsafeRawPointer
  let count: Int
  private let isMapped: Bool

  init(copying bytes: RawSpan) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.byteCount, 1), alignment: 64)
    unsafe bytes.withUnsafeBytes { unsafe copy.copyMemory(from: $0) }
    unsafe base = UnsafeRawPointer(copy.baseAddress!)
    count = bytes.byteCount
    isMapped = false
  }

  init(mapping path: String) throws(SafetensorsError) {
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
    let descriptor = unsafe linnet_open(path, O_RDONLY | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw .system(.last("read", path)) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(.last("read", path)) }
    guard status.st_mode & mode_t(S_IFMT) == mode_t(S_IFREG), let size = Int(exactly: status.st_size) else {
      throw .notAFile(path: path)
    }
    guard size > 0 else { throw .truncated(expectedBytes: 8, actualBytes: 0) }
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe linnet_is_map_failed(address) == 0 else {
      throw .system(.last("map", path))
    }
    unsafe base = UnsafeRawPointer(address)
    count = size
    isMapped = true
  }

  deinit {
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    } else {
      unsafe base.deallocate()
    }
  }

  func withBytes<R, E>(_ range: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range outside the file")
    let bytes = unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    return try unsafe body(bytes.bytes)
  }
}

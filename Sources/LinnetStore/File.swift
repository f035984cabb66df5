internal import CLinux

/// Files, as far as the store and its callers need them: read whole, written durably, renamed.
public enum File {
  /// The most that is read of one file, unless the caller says otherwise: 256 MiB.
  public static let usualLimit = 256 << 20

  /// The bytes of the file at `path` (a regular file, a pipe or a device).
  public static func read(_ path: String, limit: Int = usualLimit) throws(StoreError) -> [UInt8] {
    let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
    guard descriptor >= 0 else { throw systemError("open", path) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, named: path, limit: limit)
  }

  /// Everything that standard input has until its end.
  public static func readStandardInput(limit: Int = usualLimit) throws(StoreError) -> [UInt8] {
    try read(descriptor: 0, named: "standard input", limit: limit)
  }

  private static func read(
    descriptor: Int32, named name: String, limit: Int
  ) throws(StoreError) -> [UInt8] {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw systemError("read", name) }
    let kind = Int32(status.st_mode & mode_t(S_IFMT))
    if kind == S_IFDIR { throw .isAFolder(path: name) }
    let expected = kind == S_IFREG ? Int(status.st_size) : 0
    guard expected <= limit else { throw .tooLong(path: name, limit: limit) }
    // One byte more than expected, so that the end is seen without growing.
    var bytes = [UInt8](repeating: 0, count: max(expected + 1, 16384))
    var filled = 0
    while true {
      if filled == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe CLinux.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      }
      if got < 0 && linnet_errno() == EINTR { continue }
      guard got >= 0 else { throw systemError("read", name) }
      if got == 0 { break }
      filled += got
      guard filled <= limit else { throw .tooLong(path: name, limit: limit) }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Whether anything lies at `path`.
  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether `path` is a folder (or a link to one).
  public static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  /// What `path` is, links followed, as `S_IFREG`; `nil` when nothing is there.
  static func kind(_ path: String) -> Int32? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int32(status.st_mode & mode_t(S_IFMT)) : nil
  }

  /// Writes a new file and waits until it is on the disk. Nothing of it remains when that fails.
  static func create(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
    let descriptor = unsafe linnet_open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw systemError("create", path) }
    var failure: StoreError?
    if !writeAll(descriptor, bytes) || fsync(descriptor) != 0 { failure = systemError("write", path) }
    if close(descriptor) != 0 && failure == nil { failure = systemError("write", path) }
    guard let failure else { return }
    unsafe unlink(path)
    throw failure
  }

  /// Renames, replacing what lies at `to`.
  static func rename(_ from: String, to: String) throws(StoreError) {
    guard unsafe CLinux.rename(from, to) == 0 else { throw systemError("rename", from) }
  }

  /// Writes all of `bytes` where `descriptor` stands; false when the system refused (`errno` says why).
  static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(descriptor, buffer.baseAddress! + done, buffer.count - done)
      }
      if wrote < 0 && linnet_errno() == EINTR { continue }
      if wrote <= 0 { return false }
      done += wrote
    }
    return true
  }
}

/// What tells that a file is still the one that was read: the system's numbers for it.
public struct FileIdentity: Hashable, Sendable {
  public var device: UInt64
  public var inode: UInt64
  public var size: UInt64
  /// Time of the last modification, nanoseconds since 1970.
  public var modified: UInt64

  /// The identity of the regular file at `path`, or `nil` when there is none.
  public init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, Int32(status.st_mode & mode_t(S_IFMT)) == S_IFREG else {
      return nil
    }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = UInt64(truncatingIfNeeded: status.st_size)
    modified = UInt64(truncatingIfNeeded: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
  }
}

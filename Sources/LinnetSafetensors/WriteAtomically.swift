internal import CLinux
internal import LinnetTensor

/// Temporary files of ``writeAtomically(_:to:)`` begin so; one that a crash left behind may be removed.
public let temporaryFilePrefix = ".linnet-"

/// Puts `bytes` at `path`, replacing what was there: temporary file in the same folder, `fsync`, `rename`, `fsync` of
/// the folder. Whatever happens, the path holds the old contents or the new, whole; on an error before the rename
/// (a full disk) the old file stands untouched and the temporary one is removed.
///
/// A link stays, and what it leads to is replaced. A device or a pipe, as `/dev/stdout`, is no file to replace: the bytes
/// go into it.
public func writeAtomically(_ bytes: RawSpan, to path: String) throws(SystemError) {
  if isDeviceOrPipe(path) { return try write(bytes, into: path) }
  let path = target(of: path)
  let folder = folder(of: path)
  let (descriptor, temporary) = try createTemporary(in: folder, for: path)
  do throws(SystemError) {
    try write(bytes, to: descriptor, path: path)
    guard unsafe rename(temporary, path) == 0 else { throw .last("write", path) }
  } catch {
    unsafe unlink(temporary)
    throw error
  }
  try synchroniseFolder(folder)
}

/// ``writeAtomically(_:to:)`` of an array.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws(SystemError) {
  try bytes.withRawSpan { bytes throws(SystemError) in try writeAtomically(bytes, to: path) }
}

/// Makes what was created, renamed or removed directly inside the folder outlast a power cut.
public func synchroniseFolder(_ path: String) throws(SystemError) {
  let descriptor = unsafe linnet_open(path, O_RDONLY | O_DIRECTORY, 0)
  guard descriptor >= 0 else { throw .last("open the folder", path) }
  defer { close(descriptor) }
  // EINVAL: the file system has no such thing to do.
  guard fsync(descriptor) == 0 || linnet_errno() == EINVAL else {
    throw .last("write the folder", path)
  }
}

private func isDeviceOrPipe(_ path: String) -> Bool {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { return false }
  let kind = Int32(status.st_mode & mode_t(S_IFMT))
  return kind != S_IFREG && kind != S_IFDIR
}

private func write(_ bytes: RawSpan, into path: String) throws(SystemError) {
  let descriptor = unsafe linnet_open(path, O_WRONLY, 0)
  guard descriptor >= 0 else { throw .last("write", path) }
  try write(bytes, to: descriptor, path: path)
}

/// What a link leads to; the path itself where it is none, or leads nowhere.
private func target(of path: String) -> String {
  var status = stat()
  guard unsafe lstat(path, &status) == 0, Int32(status.st_mode & mode_t(S_IFMT)) == S_IFLNK else {
    return path
  }
  return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { real in
    unsafe realpath(path, real.baseAddress) == nil ? path : String(cString: real.baseAddress!)
  }
}

private func folder(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

private func createTemporary(in folder: String, for path: String) throws(SystemError) -> (Int32, String) {
  while true {
    let unique = "\(getpid())-" + String(linnet_monotonic_nanoseconds(), radix: 36)
    let temporary = folder + "/" + temporaryFilePrefix + unique
    let descriptor = unsafe linnet_open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    if descriptor >= 0 { return (descriptor, temporary) }
    guard linnet_errno() == EEXIST else { throw .last("write", path) }
  }
}

/// Closes the descriptor in any case.
private func write(_ bytes: RawSpan, to descriptor: Int32, path: String) throws(SystemError) {
  do throws(SystemError) {
    var written = 0
    while written < bytes.byteCount {
      let count = unsafe bytes.extracting(written..<bytes.byteCount).withUnsafeBytes {
        unsafe CLinux.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        written += count
      } else if linnet_errno() != EINTR {
        throw .last("write", path)
      }
    }
    // EINVAL: a device or a pipe, which keeps nothing.
    guard fsync(descriptor) == 0 || linnet_errno() == EINVAL else { throw .last("write", path) }
  } catch {
    close(descriptor)
    throw error
  }
  guard close(descriptor) == 0 else { throw .last("write", path) }
}

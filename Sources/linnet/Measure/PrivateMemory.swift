internal import CLinux

/// Bytes that this process alone holds and that no file gives back: dirty private pages. Clean pages of mapped files
/// do not count, the system shares them and drops them at will.
/// - Returns: `nil` where the kernel does not say.
func privateMemoryBytes() -> Int? {
  let descriptor = unsafe linnet_open("/proc/self/smaps_rollup", O_RDONLY, 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
  let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  for line in text.split(separator: "\n") where line.hasPrefix("Private_Dirty:") {
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
  return nil
}

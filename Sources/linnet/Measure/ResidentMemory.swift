internal import CLinux

/// What the kernel counts of this process's resident memory.
enum ResidentMemory {
  /// Lets the peak begin anew.
  ///
  /// - Returns: the bytes that are resident now; `nil` where the kernel does not let the peak begin anew.
  static func startPeak() -> Int? {
    let descriptor = unsafe linnet_open("/proc/self/clear_refs", O_WRONLY, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard unsafe write(descriptor, "5", 1) == 1 else { return nil }
    return bytes("VmRSS:")
  }

  /// A line of the process's status, such as `VmHWM:`, the peak.
  static func bytes(_ line: String) -> Int? {
    let descriptor = unsafe linnet_open("/proc/self/status", O_RDONLY, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    for each in text.split(separator: "\n") where each.hasPrefix(line) {
      return each.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}

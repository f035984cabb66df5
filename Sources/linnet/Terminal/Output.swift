internal import CLinux

/// Standard output, line by line.
///
/// A reader that has gone away (`| head`) ends the process quietly; a disk that is full ends it with 74.
struct Output {
  let isTerminal: Bool
  /// Whether colour may be used: a terminal, and neither NO_COLOR nor a dumb one.
  let hasColour: Bool

  init() {
    let noColour = environmentVariable("NO_COLOR").map { !$0.isEmpty } ?? false
    isTerminal = isatty(1) == 1
    hasColour = isTerminal && !noColour && environmentVariable("TERM") != "dumb"
  }

  func line(_ text: String = "") { Self.write(text + "\n", to: 1) }

  func bold(_ text: String) -> String { styled(text, "1") }
  func dim(_ text: String) -> String { styled(text, "2") }
  func green(_ text: String) -> String { styled(text, "32") }
  func yellow(_ text: String) -> String { styled(text, "33") }

  func styled(_ text: String, _ code: String) -> String {
    hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let wrote = unsafe bytes.withUnsafeBytes { unsafe CLinux.write(descriptor, $0.baseAddress, $0.count) }
      if wrote > 0 {
        bytes = bytes.dropFirst(wrote)
      } else if linnet_errno() == EAGAIN {
        // Standard output shared with something that made it non-blocking: wait for room.
        usleep(1000)
      } else if linnet_errno() != EINTR {
        if descriptor != 1 { return }
        if linnet_errno() == EPIPE { exit(0) }
        Failure(.inputOutput, "cannot write to standard output: \(unsafe String(cString: strerror(errno())))")
          .end()
      }
    }
  }

  private static func errno() -> Int32 { linnet_errno() }
}

/// The environment variable of that name, if it is set.
func environmentVariable(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

internal import CLinux

/// A call to the operating system that failed.
public struct SystemError: Error, Hashable, Sendable {
  /// What was being done, as in "cannot … PATH": `read`, `write`, `create`.
  public var operation: String
  public var path: String
  /// The `errno` value.
  public var code: Int32

  public init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The failure that `errno` tells of, right after the call.
  static func last(_ operation: String, _ path: String) -> SystemError {
    SystemError(operation: operation, path: path, code: linnet_errno())
  }

  /// Nothing stands at the path.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

extension SystemError: CustomStringConvertible {
  public var description: String { "cannot \(operation) \(path): \(reason)" }

  /// The system's own words for ``code``.
  public var reason: String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
      unsafe linnet_error_text(code, text.baseAddress, text.count)
      return unsafe String(cString: text.baseAddress!)
    }
  }
}

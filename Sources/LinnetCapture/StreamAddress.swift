internal import CLinux

/// Where a stream of pictures is listened for, on this machine alone.
public enum StreamAddress: Hashable, Sendable {
  /// A port of 127.0.0.1.
  case tcp(port: UInt16)
  /// A Unix socket; one that is left over from before is replaced.
  case unix(path: String)

  /// Reads `tcp:PORT` and `unix:PATH`.
  public init?(_ text: String) {
    if text.hasPrefix("tcp:") {
      guard let port = UInt16(text.dropFirst(4)), port > 0 else { return nil }
      self = .tcp(port: port)
    } else if text.hasPrefix("unix:"), text.utf8.count > 5 {
      self = .unix(path: String(text.dropFirst(5)))
    } else {
      return nil
    }
  }

  func listen() throws(CaptureError) -> Descriptor {
    let number: Int32
    switch self {
    case .tcp(let port): number = linnet_listen_loopback(port)
    case .unix(let path): number = unsafe linnet_listen_unix(path)
    }
    guard number >= 0 else {
      throw .cannotListen(address: description, code: linnet_errno())
    }
    return Descriptor(number)
  }
}

extension StreamAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tcp(let port): "tcp:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

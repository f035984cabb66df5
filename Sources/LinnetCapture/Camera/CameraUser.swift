internal import CLinux

/// A program that has a camera open.
public struct CameraUser: Hashable, Sendable {
  public var process: Int
  public var program: String

  /// The programs that have the node at `path` open, as far as /proc shows them to this user; not this process.
  static func list(of path: String) -> [CameraUser] {
    guard let node = resolved(path) else { return [] }
    return names(inFolder: "/proc").compactMap { name in
      guard let process = Int(name), process != Int(getpid()) else { return nil }
      let descriptors = "/proc/\(name)/fd"
      guard names(inFolder: descriptors).contains(where: { resolved("\(descriptors)/\($0)") == node }) else {
        return nil
      }
      return CameraUser(process: process, program: firstLine(ofFile: "/proc/\(name)/comm") ?? "?")
    }
  }
}

extension CameraUser: CustomStringConvertible {
  public var description: String { "\(program) (process \(process))" }
}

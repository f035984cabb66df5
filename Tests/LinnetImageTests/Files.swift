import CLinux
import LinnetImage
import Testing

/// The bytes of a file; an empty array where there is none.
func contents(of path: String) -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { return [] }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = unsafe fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
  return bytes
}

func environment(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

/// Files beside the tests; `make-fixtures` makes them again.
enum Fixture {
  private static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Fixtures/"

  static func bytes(_ name: String) throws -> [UInt8] {
    let bytes = contents(of: folder + name)
    try #require(!bytes.isEmpty, "no fixture \(name)")
    return bytes
  }

  static func picture(_ name: String) throws -> Picture { try Picture.decode(bytes(name)) }
}

/// Pictures that are not part of the project.
enum SharedData {
  static let folder: String = {
    if let shared = environment("LINNET_SHARED") { return shared + "/data/" }
    return #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/shared/data/"
  }()

  static let isThere = !pictures(in: "imagenet-samples").isEmpty

  /// Paths of the pictures in a folder and the folders in it, in order.
  static func pictures(in name: String) -> [String] {
    guard let directory = unsafe opendir(folder + name) else { return [] }
    defer { unsafe closedir(directory) }
    var paths: [String] = []
    while let entry = unsafe readdir(directory) {
      let file = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if file.hasPrefix(".") { continue }
      let path = name + "/" + file
      paths += file.hasSuffix(".jpg") || file.hasSuffix(".png") ? [path] : pictures(in: path)
    }
    return paths.sorted()
  }
}

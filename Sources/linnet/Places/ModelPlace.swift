internal import CLinux
internal import LinnetModel
internal import LinnetStore

/// Where the backbone is.
enum ModelPlace {
  static let fileName = "efficientnet-lite0.linnet"

  /// Where it is looked for, in order, when nothing says it.
  static var usualPlaces: [String] {
    guard let executable = executablePath() else { return [] }
    var folder = Folder.parent(of: executable)
    var places = [folder, Folder.parent(of: folder) + "/share/linnet"]
    while folder != "/" && folder != "." {
      places.append(folder + "/models")
      folder = Folder.parent(of: folder)
    }
    return places.map { $0 + "/" + fileName }
  }

  /// LINNET_MODEL, or the first of the usual places where a file is.
  static func find() -> String? {
    if let path = environmentVariable("LINNET_MODEL"), !path.isEmpty { return path }
    return usualPlaces.first(where: File.exists)
  }

  /// Opens the backbones at `paths`, or those that LINNET_MODEL names with a colon between them, or the one that
  /// ``find()`` finds.
  static func open(_ paths: [String]) throws -> [Model] {
    guard paths.isEmpty else { return try paths.map { try open($0) } }
    guard let path = find(), !File.exists(path), path.contains(":") else { return [try open(nil)] }
    return try path.split(separator: ":").map { try open(String($0)) }
  }

  /// Opens the backbone at `path`, or where ``find()`` finds it.
  static func open(_ path: String?) throws -> Model {
    guard let path = path ?? find() else {
      throw Failure(
        .noInput,
        "no backbone was found: give one with --model or LINNET_MODEL, or put \(fileName) beside the program")
    }
    do {
      return try Model(path: path)
    } catch {
      throw Failure(error, path: path)
    }
  }
}

/// The path of the running program.
func executablePath() -> String? {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let length = unsafe buffer.withUnsafeMutableBytes { bytes in
    unsafe readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
  }
  return length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : nil
}

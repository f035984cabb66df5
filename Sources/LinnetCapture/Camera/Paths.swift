internal import CLinux

/// The names in a folder, sorted; none where it cannot be read.
func names(inFolder path: String) -> [String] {
  guard let folder = unsafe opendir(path) else { return [] }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  while let entry = unsafe readdir(folder) {
    let name = unsafe String(cString: linnet_entry_name(entry))
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Where `path` leads to when every link is followed; `nil` where there is nothing.
func resolved(_ path: String) -> String? {
  guard let end = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(end) }
  return unsafe String(cString: end)
}

func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// The first line of a small file, without blanks at its end; `nil` where it cannot be read or is empty.
func firstLine(ofFile path: String) -> String? {
  let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 256)
  let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
  guard count > 0 else { return nil }
  var line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
  while line.last == UInt8(ascii: " ") { line.removeLast() }
  return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
}

/// The name of the group that a file belongs to.
func groupName(ofFile path: String) -> String? {
  var status = stat()
  guard unsafe stat(path, &status) == 0, status.st_gid != 0, let group = unsafe getgrgid(status.st_gid) else {
    return nil
  }
  return unsafe String(cString: group.pointee.gr_name)
}

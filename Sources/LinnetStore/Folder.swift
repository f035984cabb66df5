internal import CLinux

/// Folders: listed in a fixed order, made durably, removed with what is in them.
public enum Folder {
  /// One thing in a folder.
  public struct Entry: Hashable, Sendable {
    /// Its name, without the folder; bytes that are not UTF-8 appear as U+FFFD.
    public var name: String
    public var isFolder: Bool
    /// A pipe, a socket or a device, which one may wait for without end.
    public var isSpecial = false
  }

  /// What lies in `path` but `.` and `..`, ordered by the bytes of the names; links are followed.
  public static func entries(_ path: String) throws(StoreError) -> [Entry] {
    guard let stream = unsafe opendir(path) else { throw systemError("open", path) }
    defer { unsafe closedir(stream) }
    var result: [Entry] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe String(cString: linnet_entry_name(entry))
      if name == "." || name == ".." { continue }
      let kind = unsafe entry.pointee.d_type
      let followed =
        kind == UInt8(DT_DIR) ? S_IFDIR : kind == UInt8(DT_REG) ? S_IFREG : File.kind(path + "/" + name)
      result.append(
        Entry(
          name: name, isFolder: followed == S_IFDIR,
          isSpecial: followed.map { $0 != S_IFDIR && $0 != S_IFREG } ?? false))
    }
    result.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return result
  }

  /// Paths of all files in `path` and the folders in it, ordered folder by folder; names that begin with a dot, pipes,
  /// sockets and devices are left out, and so is a link to a folder that it lies in.
  public static func files(under path: String, depth: Int = 16) throws(StoreError) -> [String] {
    try files(under: path, depth: depth, within: [])
  }

  /// - Parameter outer: the folders that this one lies in.
  private static func files(
    under path: String, depth: Int, within outer: [FolderIdentity]
  ) throws(StoreError) -> [String] {
    let entries = try entries(path)
    let own = FolderIdentity(path: path)
    guard !outer.contains(own) else { return [] }
    var result: [String] = []
    for entry in entries where entry.name.utf8.first != UInt8(ascii: ".") {
      let inner = path + "/" + entry.name
      if entry.isFolder {
        if depth > 0 { result += try files(under: inner, depth: depth - 1, within: outer + [own]) }
      } else if !entry.isSpecial {
        result.append(inner)
      }
    }
    return result
  }

  /// Makes `path` and every folder above it that is missing, each made durable in the one above.
  public static func make(_ path: String) throws(StoreError) {
    if unsafe mkdir(path, 0o755) == 0 {
      try synchronise(parent(of: path))
      return
    }
    let code = linnet_errno()
    if code == ENOENT && parent(of: path) != path {
      try make(parent(of: path))
      guard unsafe mkdir(path, 0o755) == 0 || linnet_errno() == EEXIST else {
        throw systemError("make", path)
      }
      try synchronise(parent(of: path))
    } else if code != EEXIST || !File.isFolder(path) {
      throw code == EEXIST ? .notAFolder(path: path) : systemError("make", path)
    }
  }

  /// The folder that `path` lies in.
  public static func parent(of path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1 && bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
  }

  /// The last part of `path`.
  public static func name(of path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1 && bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), bytes.count > 1 else { return path }
    return String(decoding: bytes[(slash + 1)...], as: UTF8.self)
  }

  /// Waits until the names in `path` are on the disk.
  static func synchronise(_ path: String) throws(StoreError) {
    let descriptor = unsafe linnet_open(path, O_RDONLY | O_DIRECTORY, 0)
    guard descriptor >= 0 else { throw systemError("open", path) }
    defer { close(descriptor) }
    // Some file systems cannot synchronise a folder and say EINVAL; there is nothing more to ask of them.
    guard fsync(descriptor) == 0 || linnet_errno() == EINVAL else { throw systemError("write", path) }
  }

  /// Removes `path` and all that is in it, as far as the system lets it.
  static func remove(_ path: String) {
    if let entries = try? entries(path) {
      for entry in entries {
        let inner = path + "/" + entry.name
        if unsafe unlink(inner) != 0 && entry.isFolder { remove(inner) }
      }
    }
    unsafe rmdir(path)
  }
}

/// Which folder it is, by whatever path.
private struct FolderIdentity: Equatable {
  private let device: UInt64
  private let inode: UInt64

  init(path: String) {
    var status = stat()
    unsafe stat(path, &status)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

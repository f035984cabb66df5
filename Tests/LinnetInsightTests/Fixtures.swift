import CLinux
import LinnetStore
import Testing

/// The repository's folder.
let repository = Folder.parent(of: Folder.parent(of: Folder.parent(of: #filePath)))

/// Where measurements' pictures are, beside the repository; tests that need them are skipped without.
let sharedData: String = {
  let shared = unsafe getenv("LINNET_SHARED").map { unsafe String(cString: $0) }
  return (shared ?? repository + "/../shared") + "/data"
}()

@discardableResult
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("/tmp/linnet-insight-XXXXXX".utf8CString)
  let made = unsafe mkdtemp(&template)
  let path = unsafe String(cString: made!)
  defer { removeTree(path) }
  return try body(path)
}

func removeTree(_ path: String) {
  for entry in (try? Folder.entries(path)) ?? [] {
    if entry.isFolder { removeTree(path + "/" + entry.name) }
    unsafe unlink(path + "/" + entry.name)
  }
  unsafe rmdir(path)
}

/// Writes a file, and the folders above it.
func write(_ bytes: [UInt8], _ path: String) throws {
  try Folder.make(Folder.parent(of: path))
  let descriptor = unsafe linnet_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  let wrote = unsafe bytes.withUnsafeBytes { unsafe CLinux.write(descriptor, $0.baseAddress, $0.count) }
  try #require(wrote == bytes.count)
}

import CLinux
import LinnetStore

/// Calls `body` with the path of an empty folder that is removed afterwards.
@discardableResult
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("/tmp/linnet-store-XXXXXX".utf8CString)
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

/// Bytes that begin as a JPEG does, different for each number: what the store looks at.
func picture(_ number: Int, count: Int = 500) -> [UInt8] {
  [0xFF, 0xD8, 0xFF, 0xE0] + (0..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* $0) }
}

func write(_ bytes: [UInt8], _ path: String) throws {
  let descriptor = unsafe linnet_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  precondition(descriptor >= 0)
  defer { close(descriptor) }
  let wrote = unsafe bytes.withUnsafeBytes { unsafe CLinux.write(descriptor, $0.baseAddress, $0.count) }
  precondition(wrote == bytes.count)
}

/// The labels of a set with the sorted contents of their captures.
func contents(of store: Store, _ set: String = Store.defaultSet) throws -> [String: [[UInt8]]] {
  var result: [String: [[UInt8]]] = [:]
  for capture in try store.captures(of: set) {
    result[capture.label, default: []].append(try File.read(capture.path))
  }
  return result.mapValues { $0.sorted { $0.lexicographicallyPrecedes($1) } }
}

/// Enrols pictures by number, and a head with them.
func enrol(_ numbers: ClosedRange<Int>, as label: String, in store: Store, set: String = Store.defaultSet)
  throws
{
  var change = try store.beginChange()
  for number in numbers { _ = try change.enrol(picture(number), named: "\(number)", as: label, in: set) }
  try change.putHead(Array("head after \(label) \(numbers.upperBound)".utf8), of: set)
  try change.commit(.enrol, "enrol \(label)")
}

func sorted(_ pictures: [[UInt8]]) -> [[UInt8]] { pictures.sorted { $0.lexicographicallyPrecedes($1) } }

import CLinux
import LinnetSafetensors
import Testing

/// A seeded generator (SplitMix64), so that a failing mutation can be made again.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Changes, removes, doubles or inserts a few bytes somewhere in the first `reach` bytes.
func mutated(_ bytes: [UInt8], reach: Int, using generator: inout SeededGenerator) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
    let place = Int.random(in: 0..<min(reach, bytes.count), using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes.remove(at: place)
    case 3: bytes.insert(bytes[place], at: place)
    default: bytes.insert("0123456789-\"{}[],:".utf8.randomElement(using: &generator)!, at: place)
    }
  }
  return bytes
}

/// How many mutations a fuzzing test makes: 500, or what LINNET_FUZZ says.
let fuzzCount = unsafe getenv("LINNET_FUZZ").flatMap { unsafe Int(String(cString: $0)) } ?? 500

/// A file of this JSON header and data, without padding.
func container(_ header: String, data: [UInt8] = []) -> [UInt8] {
  let count = UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + data
}

/// A new, empty folder, removed with all files in it after `body`.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/linnet-test-XXXXXX".utf8CString)
  let made = unsafe mkdtemp(&template)
  let folder = unsafe String(cString: try #require(unsafe made))
  defer {
    for name in names(in: folder) { unsafe remove(folder + "/" + name) }
    unsafe rmdir(folder)
  }
  try body(folder)
}

/// The names in a folder, sorted.
func names(in folder: String) -> [String] {
  guard let stream = unsafe opendir(folder) else { return [] }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  while let entry = unsafe readdir(stream) {
    let name = unsafe String(cString: linnet_entry_name(entry))
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The bytes of a file, or `nil` when it cannot be read.
func contents(of path: String) -> [UInt8]? {
  let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = unsafe read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return count == 0 ? bytes : nil }
    bytes += buffer[..<count]
  }
}

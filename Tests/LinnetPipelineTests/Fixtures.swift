import CLinux
import LinnetImage
import LinnetModel
import LinnetPipeline
import LinnetStore
import Testing

/// The repository's folder.
let repository = Folder.parent(of: Folder.parent(of: Folder.parent(of: #filePath)))

func backbone() throws -> Model { try Model(path: repository + "/models/efficientnet-lite0.linnet") }

@discardableResult
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("/tmp/linnet-pipeline-XXXXXX".utf8CString)
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

/// A picture of stripes of a colour and width of its own for each kind, moved a little for each number.
func stripes(_ kind: Int, _ number: Int, side: Int = 96) -> Picture {
  var pixels: [UInt8] = []
  for y in 0..<side {
    for x in 0..<side {
      let place = kind % 2 == 0 ? x + number : y + 2 * number
      let isLight = place / (3 + 4 * kind) % 2 == 0
      for channel in 0..<3 {
        let light = channel == kind % 3 ? 230 : 60 + 30 * kind % 120
        pixels.append(UInt8(isLight ? light : 20 + number))
      }
    }
  }
  return Picture(width: side, height: side, pixels: pixels)
}

func jpeg(_ kind: Int, _ number: Int) throws -> [UInt8] { try stripes(kind, number).encodeJPEG(quality: 90) }

/// Writes a folder with `classes` folders of `count` striped pictures.
func writeStripes(_ folder: String, classes: Int, count: Int) throws {
  for kind in 0..<classes {
    for number in 0..<count { try write(jpeg(kind, number), "\(folder)/kind-\(kind)/\(number).jpg") }
  }
}

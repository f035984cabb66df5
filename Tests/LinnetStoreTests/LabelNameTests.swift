import LinnetStore
import Testing

@Suite struct LabelNameTests {
  @Test(arguments: [
    ("mug", "mug"), ("green leaf", "green leaf"), ("Käse 🧀", "Käse 🧀"), ("a/b", "a%2Fb"), ("..", "%2E."),
    (".hidden", "%2Ehidden"), ("50%", "50%25"), ("two\nlines", "two%0Alines"), ("tab\t\u{7F}", "tab%09%7F"),
    ("-rf", "-rf"), ("a\0b", "a%00b"),
  ])
  func foldersAreSafeAndReadBack(label: String, folder: String) throws {
    #expect(try LabelName.folder(of: label) == folder)
    #expect(LabelName.label(ofFolder: folder) == label)
  }

  @Test func anyUnicodeTextReadsBack() throws {
    var state: UInt64 = 7
    for _ in 0..<2000 {
      var label = ""
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if let scalar = Unicode.Scalar(UInt32(state >> 33) % (state & 1 == 0 ? 0x80 : 0x11_0000)) {
          label.unicodeScalars.append(scalar)
        }
      }
      guard let folder = try? LabelName.folder(of: label) else { continue }
      #expect(Array(LabelName.label(ofFolder: folder).utf8) == Array(label.utf8))
      #expect(!folder.utf8.contains { $0 < 0x20 || $0 == 0x2F } && !folder.hasPrefix("."))
    }
  }

  @Test(arguments: [
    "", " ", "\n\t", String(repeating: "x", count: 201), String(repeating: "\n", count: 90) + "x",
  ])
  func unusableLabelsAreRefused(label: String) {
    #expect(throws: StoreError.self) { try LabelName.folder(of: label) }
  }

  @Test func foldersMadeByHandReadAsTheyStand() {
    #expect(LabelName.label(ofFolder: "100% wool") == "100% wool")
    #expect(LabelName.label(ofFolder: "a%2") == "a%2")
    #expect(LabelName.label(ofFolder: "%FF") == "%FF")
  }
}

import Testing

@testable import LinnetStore

@Suite struct ChangeRecordTests {
  private let record = ChangeRecord(
    id: "20261121T115120Z-1-a", kind: .merge, summary: "merge “a” into “b\n”", time: "20261121T115120Z",
    moves: [
      .init(from: "captures/a/1.jpg", to: "captures/b/1.jpg"),
      .init(from: "heads/default.head", to: "trash/20261121T115120Z-1-a/old-1"),
      .init(from: "trash/other/new-1", to: "heads/default.head"),
    ])

  @Test func readsBack() throws {
    #expect(try ChangeRecord.decode(record.encoded(), path: "x") == record)
    #expect(record.trashFolders == ["20261121T115120Z-1-a", "other"])
    #expect(record.inverse.first == .init(from: "heads/default.head", to: "trash/other/new-1"))
  }

  @Test func cutAnywhereItIsDamaged() {
    let bytes = record.encoded()
    for count in 0..<bytes.count - 1 {
      #expect(throws: StoreError.self, "\(count) bytes") {
        try ChangeRecord.decode(Array(bytes[..<count]), path: "x")
      }
    }
  }

  @Test(arguments: ["../../etc/passwd", "/etc/passwd", "captures//x", "captures/../../x", "x", "captures/."])
  func renamesStayInside(path: String) {
    var bad = record
    bad.moves[1].to = path
    #expect(throws: StoreError.self) { try ChangeRecord.decode(bad.encoded(), path: "x") }
  }
}

import CLinux
import Testing

@testable import LinnetStore

/// What a store looks like after its process died at each instant of a change.
@Suite struct JournalTests {
  private struct Interruption: Error {}

  /// A store with a change that is complete in the journal, and of whose renames the first `done` have happened.
  private func interrupt(_ store: Store, afterRenames done: Int) throws -> ChangeRecord {
    try enrol(1...2, as: "mug", in: store)
    try enrol(3...4, as: "cup", in: store)
    let trash = "trash/t"
    try Folder.make(store.root + "/" + trash)
    try write(picture(5), store.root + "/" + trash + "/new-1")
    try write([9, 9], store.root + "/" + trash + "/new-2")
    let mugs = try store.captures().filter { $0.label == "mug" }.map(\.home)
    let record = ChangeRecord(
      id: "t", kind: .merge, summary: "everything at once", time: "now",
      moves: mugs.map { .init(from: $0, to: "captures/cup/" + Folder.name(of: $0)) } + [
        .init(from: trash + "/new-1", to: "captures/jar/1.jpg"),
        .init(from: "heads/default.head", to: trash + "/old-1"),
        .init(from: trash + "/new-2", to: "heads/default.head"),
      ])
    try Folder.make(store.root + "/captures/jar")
    for move in record.moves.prefix(done) {
      try File.rename(store.root + "/" + move.from, to: store.root + "/" + move.to)
    }
    return record
  }

  @Test func afterTheJournalTheChangeHappensWhatever() throws {
    for done in 0...5 {
      try withTemporaryFolder { folder in
        let store = Store(at: folder)
        let record = try interrupt(store, afterRenames: done)
        try write(record.encoded(), folder + "/journal/pending")
        #expect(
          try contents(of: store) == ["cup": sorted((1...4).map { picture($0) }), "jar": [picture(5)]])
        #expect(try File.read(try #require(try store.headPath())) == [9, 9])
        #expect(try store.lastChange()?.summary == "everything at once")
        #expect(!File.exists(folder + "/captures/mug"))
      }
    }
  }

  @Test func beforeTheJournalNothingHasHappened() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      _ = try interrupt(store, afterRenames: 0)
      try write(Array("{\"linnet.change\":".utf8), folder + "/journal/.linnet-left-over")
      #expect(
        try contents(of: store) == [
          "mug": sorted([picture(1), picture(2)]), "cup": sorted([picture(3), picture(4)]),
        ])
      try enrol(6...6, as: "mug", in: store)
      #expect(!File.exists(folder + "/trash/t"))
      #expect(!File.exists(folder + "/journal/.linnet-left-over"))
    }
  }

  @Test func aRenameThatFailsIsTakenBack() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      var record = try interrupt(store, afterRenames: 0)
      record.moves.append(.init(from: "captures/none/x.jpg", to: "captures/cup/x.jpg"))
      let before = try contents(of: store)
      #expect(throws: StoreError.self) { try Journal(of: store).commit(record) }
      #expect(try contents(of: store) == before)
      #expect(try File.read(try #require(try store.headPath())) == Array("head after cup 4".utf8))
      #expect(!File.exists(folder + "/journal/pending"))
    }
  }

  @Test func aDamagedJournalIsSaid() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...1, as: "mug", in: store)
      try write([1, 2, 3], folder + "/journal/pending")
      #expect(throws: StoreError.self) { try store.captures() }
    }
  }
}

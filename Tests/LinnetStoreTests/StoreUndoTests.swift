import CLinux
import LinnetStore
import Testing

@Suite struct StoreUndoTests {
  private func undo(_ store: Store) throws {
    var change = try store.beginChange()
    _ = try change.undo()
    try change.commit(.undo, "undo")
  }

  private func head(_ store: Store) throws -> [UInt8]? { try store.headPath().map { try File.read($0) } }

  @Test func everyKindOfChangeIsTakenBackAndDoneAgain() throws {
    let changes: [(inout StoreChange) throws -> Void] = [
      { _ = try $0.enrol(picture(7), named: "7", as: "new") },
      { _ = try $0.enrol(picture(1), named: "1", as: "cup") },
      { try $0.rename("mug", to: "jar") },
      { try $0.rename("mug", to: "cup", merging: true) },
      { try $0.remove("cup") },
      { _ = try $0.remove(picture: PictureDigest(of: picture(3))) },
      { try $0.removeCaptures(of: "default") },
      { try $0.removeHead() },
      { try $0.putHead([9]) },
    ]
    for make in changes {
      try withTemporaryFolder { folder in
        let store = Store(at: folder)
        try enrol(1...2, as: "mug", in: store)
        try enrol(3...4, as: "cup", in: store)
        let before = (try contents(of: store), try head(store))
        var change = try store.beginChange()
        try make(&change)
        if try change.headPath() != nil { try? change.putHead([1, 2, 3]) }
        try change.commit(.enrol, "x")
        let after = (try contents(of: store), try head(store))
        #expect(before != after)
        try undo(store)
        #expect((try contents(of: store), try head(store)) == before)
        try undo(store)
        #expect((try contents(of: store), try head(store)) == after)
        try undo(store)
        #expect((try contents(of: store), try head(store)) == before)
      }
    }
  }

  @Test func whatWasRemovedIsKeptUntilTheNextChange() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...2, as: "mug", in: store)
      try enrol(3...4, as: "cup", in: store)
      var change = try store.beginChange()
      try change.remove("mug")
      try change.commit(.remove, "x")
      #expect(try Folder.files(under: folder + "/trash").count == 2)
      try enrol(5...5, as: "cup", in: store)
      #expect(try Folder.files(under: folder + "/trash").count == 1)
    }
  }

  @Test func nothingToUndo() throws {
    try withTemporaryFolder { folder in
      #expect(throws: StoreError.nothingToUndo) { try undo(Store(at: folder)) }
    }
  }

  @Test func whatOthersChangedSinceIsNotOverwritten() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try enrol(1...1, as: "mug", in: store)
      let path = try #require(try store.captures().first?.path)
      unsafe unlink(path)
      #expect(throws: StoreError.cannotUndo(path: path)) { try undo(store) }
    }
  }
}

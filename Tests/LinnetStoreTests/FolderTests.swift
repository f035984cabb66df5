import LinnetStore
import Testing

@Suite struct FolderTests {
  @Test func listsInOrderOfBytes() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "a", "Z", "ä", ".hidden"] { try write([], folder + "/" + name) }
      try Folder.make(folder + "/sub/deeper")
      try write([], folder + "/sub/deeper/x")
      #expect(try Folder.entries(folder).map(\.name) == [".hidden", "Z", "a", "b", "sub", "ä"])
      #expect(try Folder.entries(folder).filter(\.isFolder).map(\.name) == ["sub"])
      #expect(
        try Folder.files(under: folder) == ["Z", "a", "b", "sub/deeper/x", "ä"].map { folder + "/" + $0 })
    }
  }

  @Test func makingAFolderTwiceIsFine() throws {
    try withTemporaryFolder { folder in
      try Folder.make(folder + "/a/b/c")
      try Folder.make(folder + "/a/b/c")
      #expect(File.isFolder(folder + "/a/b/c"))
      try write([], folder + "/file")
      #expect(throws: StoreError.notAFolder(path: folder + "/file")) { try Folder.make(folder + "/file") }
    }
  }

  @Test(arguments: [
    ("/a/b", "/a", "b"), ("/a/b/", "/a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("a/b.c", "a", "b.c"),
    ("/", "/", "/"),
  ])
  func splitsPaths(path: String, parent: String, name: String) {
    #expect(Folder.parent(of: path) == parent)
    #expect(Folder.name(of: path) == name)
  }
}

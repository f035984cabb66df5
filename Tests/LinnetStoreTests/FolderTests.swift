import CLinux
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

  /// Whoever opens a pipe that nobody writes waits for ever.
  @Test func pipesAreNoFiles() throws {
    try withTemporaryFolder { folder in
      try write([], folder + "/a.jpg")
      try #require(unsafe mkfifo(folder + "/b.jpg", 0o600) == 0)
      try #require(unsafe symlink("b.jpg", folder + "/c.jpg") == 0)
      try #require(unsafe symlink("a.jpg", folder + "/d.jpg") == 0)
      try #require(unsafe symlink("nowhere", folder + "/e.jpg") == 0)
      #expect(try Folder.files(under: folder) == ["a.jpg", "d.jpg", "e.jpg"].map { folder + "/" + $0 })
    }
  }

  @Test func aLinkBackIsNotFollowedRoundAndRound() throws {
    try withTemporaryFolder { folder in
      try Folder.make(folder + "/sub")
      try write([], folder + "/sub/a.jpg")
      try #require(unsafe symlink("..", folder + "/sub/up") == 0)
      try #require(unsafe symlink("sub", folder + "/twin") == 0)
      #expect(try Folder.files(under: folder) == ["sub/a.jpg", "twin/a.jpg"].map { folder + "/" + $0 })
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

import CLinux
import LinnetStore
import Testing

@Suite struct FileTests {
  @Test(arguments: [0, 1, 16383, 16384, 100_000])
  func readsWholeFiles(count: Int) throws {
    try withTemporaryFolder { folder in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
      try write(bytes, folder + "/x")
      #expect(try File.read(folder + "/x") == bytes)
    }
  }

  @Test func readsFilesThatDoNotSayTheirLength() throws {
    #expect(try File.read("/proc/self/cmdline").isEmpty == false)
  }

  @Test func errorsSayWhatIsWrong() throws {
    try withTemporaryFolder { folder in
      #expect(throws: StoreError.missing(path: folder + "/x")) { try File.read(folder + "/x") }
      #expect(throws: StoreError.isAFolder(path: folder)) { try File.read(folder) }
      try write([1, 2, 3], folder + "/y")
      #expect(throws: StoreError.tooLong(path: folder + "/y", limit: 2)) {
        try File.read(folder + "/y", limit: 2)
      }
      #expect(throws: StoreError.notAFolder(path: folder + "/y/z")) { try File.read(folder + "/y/z") }
    }
  }

  @Test func identityChangesWithTheFile() throws {
    try withTemporaryFolder { folder in
      try write([1], folder + "/x")
      let first = try #require(FileIdentity(path: folder + "/x"))
      #expect(FileIdentity(path: folder + "/x") == first)
      try write([1, 2], folder + "/x")
      #expect(FileIdentity(path: folder + "/x") != first)
      #expect(FileIdentity(path: folder) == nil)
      #expect(FileIdentity(path: folder + "/none") == nil)
    }
  }
}

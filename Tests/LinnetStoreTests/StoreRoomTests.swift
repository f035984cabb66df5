import CLinux
import Testing

@testable import LinnetStore

@Suite struct StoreRoomTests {
  /// A store with something cached.
  private func withCachingStore(_ body: (Store, _ file: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder)
      try Folder.make(store.cacheFolder)
      let file = store.cacheFolder + "/x.embeddings"
      try write([1, 2, 3], file)
      try body(store, file)
    }
  }

  @Test func theCacheYieldsToWhatNeedsItsRoom() throws {
    try withCachingStore { store, file in
      var runs = 0
      let answer = try store.makingRoom { () throws(StoreError) in
        runs += 1
        if runs == 1 { throw .diskFull(path: "x") }
        return 7
      }
      #expect(answer == 7 && runs == 2)
      #expect(try File.read(file).isEmpty)
    }
  }

  @Test func onlyTheCachesOwnFilesAreEmptied() throws {
    try withCachingStore { store, file in
      let (other, foreign) = (store.root + "/photograph", store.cacheFolder + "/notes")
      for path in [other, foreign] { try write([4, 5], path) }
      #expect(unsafe symlink(other, store.cacheFolder + "/link.embeddings") == 0)
      #expect(attempts(store, failingWith: .diskFull(path: "x")).count == 2)
      let (kept, notes) = (try File.read(other), try File.read(foreign))
      #expect(kept == [4, 5] && notes == [4, 5])
    }
  }

  /// What comes out when every attempt fails with `error`, and how many there are.
  private func attempts(_ store: Store, failingWith error: StoreError) -> (count: Int, error: StoreError?) {
    var count = 0
    do throws(StoreError) {
      try store.makingRoom { () throws(StoreError) in
        count += 1
        throw error
      }
    } catch {
      return (count, error)
    }
    return (count, nil)
  }

  @Test func aDiskThatIsStillFullIsAnErrorAfterTheSecondTime() throws {
    try withCachingStore { store, _ in
      let full = StoreError.diskFull(path: "x")
      #expect(attempts(store, failingWith: full) == (2, full))
      #expect(attempts(store, failingWith: full) == (1, full), "an empty cache gives nothing")
    }
  }

  @Test func otherErrorsLeaveTheCacheAlone() throws {
    try withCachingStore { store, file in
      #expect(attempts(store, failingWith: .nothingToUndo) == (1, .nothingToUndo))
      let after = try File.read(file)
      #expect(after == [1, 2, 3])
      let open = unsafe linnet_open(file, O_RDWR, 0)
      defer { close(open) }
      #expect(flock(open, LOCK_EX) == 0)
      #expect(attempts(store, failingWith: .diskFull(path: "x")).count == 1, "somebody writes to it")
      let locked = try File.read(file)
      #expect(locked == [1, 2, 3])
    }
  }
}

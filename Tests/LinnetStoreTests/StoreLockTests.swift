import CLinux
import LinnetStore
import Testing

@Suite struct StoreLockTests {
  @Test func changesOfSeveralThreadsAllHappen() async throws {
    let folder = try withTemporaryFolder { $0 }
    defer { removeTree(folder) }
    let store = Store(at: folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          for number in 0..<5 {
            try enrol((worker * 5 + number)...(worker * 5 + number), as: "l\(worker)", in: store)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.captures().count == 20)
    #expect(Set(try store.captures().map(\.label)).count == 4)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func aStoreThatCannotBeWrittenCanBeRead() throws {
    try withTemporaryFolder { folder in
      let store = Store(at: folder + "/store")
      try enrol(1...2, as: "mug", in: store)
      unsafe unlink(folder + "/store/lock")
      unsafe chmod(folder + "/store", 0o555)
      defer { unsafe chmod(folder + "/store", 0o755) }
      #expect(try store.captures().count == 2)
      #expect(throws: StoreError.self) { _ = try store.beginChange() }
    }
  }
}

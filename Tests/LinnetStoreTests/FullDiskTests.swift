import CLinux
import LinnetStore
import Testing

/// Whether this process may mount a small tmpfs; otherwise the tests that need one are reported as skipped.
private let canMount: Bool =
  (try? withTemporaryFolder { folder in
    guard unsafe mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0 else { return false }
    unsafe umount(folder)
    return true
  }) ?? false

@Suite struct FullDiskTests {
  @Test(.enabled(if: canMount, "mounting a tmpfs is not permitted"))
  func nothingAcknowledgedIsLost() throws {
    try withTemporaryFolder { folder in
      try #require(unsafe mount("tmpfs", folder, "tmpfs", 0, "size=256k") == 0)
      defer { unsafe umount(folder) }
      let store = Store(at: folder + "/store")
      var acknowledged: [[UInt8]] = []
      var failures = 0
      for number in 0..<60 {
        let bytes = picture(number, count: 5000 + number * 300)
        do {
          var change = try store.beginChange()
          _ = try change.enrol(bytes, named: "x", as: "label \(number % 7)")
          try change.putHead(Array(repeating: UInt8(number), count: 3000))
          try change.commit(.enrol, "x")
          acknowledged.append(bytes)
        } catch let error {
          guard case StoreError.diskFull = error else { throw error }
          failures += 1
        }
        #expect(try contents(of: store).values.flatMap { $0 }.count == acknowledged.count)
      }
      #expect(failures > 0)
      #expect(!acknowledged.isEmpty)
      #expect(sorted(try contents(of: store).values.flatMap { $0 }) == sorted(acknowledged))
      let cache = EmbeddingCache(folder: store.cacheFolder, backbone: "x", recipe: 1, dimension: 1000)
      for number in 0..<100 {
        cache.insert(Array(repeating: 1, count: 1000), of: PictureDigest(of: picture(number)))
      }
      cache.flush()
    }
  }

  @Test(.enabled(if: canMount, "mounting a tmpfs is not permitted"))
  func whatIsCachedGivesWayToCaptures() throws {
    try withTemporaryFolder { folder in
      try #require(unsafe mount("tmpfs", folder, "tmpfs", 0, "size=256k") == 0)
      defer { unsafe umount(folder) }
      let store = Store(at: folder + "/store")
      func enrol(_ number: Int) throws {
        var change = try store.beginChange()
        _ = try change.enrol(picture(number, count: 30000), named: "x", as: "a")
        try change.commit(.enrol, "x")
      }
      try enrol(0)
      let cached = store.cacheFolder + "/x.embeddings"
      try Folder.make(store.cacheFolder)
      try write([UInt8](repeating: 1, count: 180_000), cached)
      // A process that has the cache open must not keep its space.
      let reader = unsafe linnet_open(cached, O_RDONLY, 0)
      defer { close(reader) }
      for number in 1..<5 { try enrol(number) }
      #expect(try store.captures().count == 5)
      #expect(try File.read(cached).isEmpty)
    }
  }

  @Test(.enabled(if: canMount, "mounting a tmpfs is not permitted"))
  func theLastOfADiskIsNotCachedOn() throws {
    try withTemporaryFolder { folder in
      try #require(unsafe mount("tmpfs", folder, "tmpfs", 0, "size=256k") == 0)
      defer { unsafe umount(folder) }
      let cache = EmbeddingCache(folder: folder, backbone: "x", recipe: 1, dimension: 10)
      cache.insert([Float](repeating: 1, count: 10), of: PictureDigest(of: picture(1)))
      cache.flush()
      let sizes = try Folder.entries(folder).map { try File.read(folder + "/" + $0.name).count }
      #expect(sizes.allSatisfy { $0 == 0 })
      #expect(cache.embedding(of: PictureDigest(of: picture(1))) != nil, "it is still known meanwhile")
    }
  }
}

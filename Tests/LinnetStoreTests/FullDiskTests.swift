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
}

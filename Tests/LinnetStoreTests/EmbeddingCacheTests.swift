import CLinux
import LinnetStore
import Testing

@Suite struct EmbeddingCacheTests {
  private let backbone = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

  private func open(_ folder: String, recipe: UInt32 = 1, dimension: Int = 6, limit: Int = 1 << 20)
    -> EmbeddingCache
  {
    EmbeddingCache(folder: folder, backbone: backbone, recipe: recipe, dimension: dimension, limit: limit)
  }

  private func embedding(_ number: Int) -> [Float] { (0..<6).map { Float(number) + Float($0) / 7 } }
  private func digest(_ number: Int) -> PictureDigest { PictureDigest(of: picture(number)) }

  @Test func whatIsInsertedIsFoundNowAndLater() throws {
    try withTemporaryFolder { folder in
      let cache = open(folder)
      for number in 0..<20 { cache.insert(embedding(number), of: digest(number)) }
      #expect(cache.embedding(of: digest(3)) == embedding(3))
      cache.flush()
      let later = open(folder)
      for number in 0..<20 { #expect(later.embedding(of: digest(number)) == embedding(number)) }
      #expect(later.embedding(of: digest(20)) == nil)
      later.insert(embedding(20), of: digest(20))
      later.flush()
      #expect(open(folder).embedding(of: digest(20)) == embedding(20))
      #expect(open(folder).embedding(of: digest(0)) == embedding(0))
    }
  }

  @Test func belongsToBackboneRecipeAndDimension() throws {
    try withTemporaryFolder { folder in
      let cache = open(folder)
      cache.insert(embedding(1), of: digest(1))
      cache.flush()
      #expect(open(folder, recipe: 2).embedding(of: digest(1)) == nil)
      #expect(open(folder, dimension: 7).embedding(of: digest(1)) == nil)
      let other = EmbeddingCache(
        folder: folder, backbone: "sha256:" + String(repeating: "f", count: 64), recipe: 1, dimension: 6)
      #expect(other.embedding(of: digest(1)) == nil)
    }
  }

  @Test func damageIsForgottenNeverAnError() throws {
    try withTemporaryFolder { folder in
      let cache = open(folder)
      for number in 0..<5 { cache.insert(embedding(number), of: digest(number)) }
      cache.flush()
      let file = folder + "/" + String(backbone.dropFirst(7).prefix(16)) + ".embeddings"
      let whole = try File.read(file)
      for count in stride(from: 0, through: whole.count, by: 5) {
        try write(Array(whole[..<count]), file)
        let torn = open(folder)
        for number in 0..<5 {
          let found = torn.embedding(of: digest(number))
          #expect(found == nil || found == embedding(number))
        }
        torn.insert(embedding(9), of: digest(9))
        torn.flush()
        #expect(open(folder).embedding(of: digest(9)) == embedding(9), "after \(count) bytes")
      }
      for place in 0..<whole.count {
        var flipped = whole
        flipped[place] ^= 0x41
        try write(flipped, file)
        let read = open(folder)
        for number in 0..<5 {
          let found = read.embedding(of: digest(number))
          #expect(found == nil || found == embedding(number))
        }
      }
    }
  }

  /// The layout that STORE.md describes.
  @Test func theFileIsAsDescribed() throws {
    try withTemporaryFolder { folder in
      let cache = open(folder, recipe: 7)
      cache.insert([1, -2, 0, 0, 0, 0.5], of: PictureDigest(of: Array("abc".utf8)))
      cache.flush()
      let bytes = try File.read(folder + "/0123456789abcdef.embeddings")
      let quarter: [UInt8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]
      let hash = quarter + quarter + quarter + quarter
      let lengths: [UInt8] = [7, 0, 0, 0, 32 + 24, 0, 0, 0]
      let header = Array("LNEMBED1".utf8) + lengths + hash
      #expect(Array(bytes[..<64]) == header + [UInt8](repeating: 0, count: 64 - header.count))
      #expect(bytes.count == 64 + 32 + 24 + 8)
      #expect(bytes[64..<68] == [0xBA, 0x78, 0x16, 0xBF])
      #expect(bytes[96..<104] == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    }
  }

  @Test func isBounded() throws {
    try withTemporaryFolder { folder in
      let limit = 2000
      for batch in 0..<30 {
        let cache = open(folder, limit: limit)
        for number in 0..<5 { cache.insert(embedding(batch * 5 + number), of: digest(batch * 5 + number)) }
        cache.flush()
      }
      let file = folder + "/" + String(backbone.dropFirst(7).prefix(16)) + ".embeddings"
      let count = try File.read(file).count
      #expect(count <= limit)
      #expect(open(folder, limit: limit).embedding(of: digest(149)) == embedding(149))
      #expect(open(folder, limit: limit).embedding(of: digest(0)) == nil)
    }
  }

  @Test func filesSeenBeforeNeedNoReading() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.jpg"
      try write(picture(1), path)
      let fresh = try #require(FileIdentity(path: path))
      let cache = open(folder)
      cache.insert(digest(1), of: fresh)
      #expect(cache.digest(of: fresh) == nil, "a file changed this moment may change again unseen")

      var times = [timespec(tv_sec: 1_700_000_000, tv_nsec: 5), timespec(tv_sec: 1_700_000_000, tv_nsec: 5)]
      #expect(unsafe utimensat(AT_FDCWD, path, &times, 0) == 0)
      let old = try #require(FileIdentity(path: path))
      cache.insert(digest(1), of: old)
      cache.flush()
      #expect(open(folder).digest(of: old) == digest(1))
      var changed = old
      changed.modified += 1
      #expect(open(folder).digest(of: changed) == nil)
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsNoError() {
    let cache = open("/proc/none")
    cache.insert(embedding(1), of: digest(1))
    cache.flush()
    #expect(cache.embedding(of: digest(1)) == embedding(1))
  }
}

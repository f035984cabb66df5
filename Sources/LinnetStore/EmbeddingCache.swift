internal import CLinux
internal import Synchronization

/// Embeddings that one backbone has made, by the picture's digest, and digests of files seen lately.
///
/// A cache only: it never fails, it forgets. Safe to use from several threads; several processes may share the folder.
public final class EmbeddingCache: Sendable {
  /// Bytes of embeddings kept for one backbone.
  public static let usualLimit = 256 << 20
  private static let indexLimit = 8 << 20
  /// A file changed more lately than this many nanoseconds before it was read may change again unseen.
  private static let grain: UInt64 = 2_000_000_000

  private static let embeddingsSuffix = ".embeddings"
  private static let indexName = "pictures.index"

  /// Whether a file of this name in the cache's folder is the cache's.
  static func isOwn(_ name: String) -> Bool { name == indexName || name.hasSuffix(embeddingsSuffix) }

  private struct State {
    var digests: [FileIdentity: PictureDigest] = [:]
    /// Record numbers in the file.
    var places: [PictureDigest: Int] = [:]
    /// Embeddings that are not in the file yet.
    var fresh: [PictureDigest: [Float]] = [:]
    var newRecords: [[UInt8]] = []
    var newIndexRecords: [[UInt8]] = []
  }

  private let dimension: Int
  private let embeddings: RecordFile
  private let index: RecordFile
  private let reader: RecordFile.Reader?
  private let state = Mutex(State())

  /// Opens the cache in `folder`, which need not exist.
  /// - Parameters:
  ///   - backbone: digest of the model file (`sha256:…`).
  ///   - recipe: number of the way from a picture's bytes to the backbone's input; another number, another cache.
  public init(
    folder: String, backbone: String, recipe: UInt32, dimension: Int, limit: Int = usualLimit
  ) {
    self.dimension = dimension
    let digest = PictureDigest(hexadecimal: backbone) ?? PictureDigest(of: Array(backbone.utf8))
    embeddings = RecordFile(
      path: folder + "/" + digest.short + Self.embeddingsSuffix,
      header: fileHeader("LNEMBED1", recipe, UInt32(32 + 4 * dimension), digest),
      payloadLength: 32 + 4 * dimension, limit: limit)
    index = RecordFile(
      path: folder + "/" + Self.indexName,
      header: fileHeader("LNINDEX1", 1, 64, PictureDigest(words: SIMD4())), payloadLength: 64,
      limit: Self.indexLimit)
    reader = embeddings.reader()
    state.withLock { state in
      embeddings.forEach(prefix: 32) { number, key in state.places[PictureDigest(words: words(key))] = number
      }
      index.forEach(prefix: 64) { _, record in
        let identity = words(record.prefix(32))
        state.digests[FileIdentity(words: identity)] = PictureDigest(words: words(record.suffix(32)))
      }
    }
  }

  /// The digest of the file's bytes, if it was read before and has not changed since.
  public func digest(of file: FileIdentity) -> PictureDigest? { state.withLock { $0.digests[file] } }

  /// The embedding of the picture, if it was made before.
  public func embedding(of picture: PictureDigest) -> [Float]? {
    let (fresh, place) = state.withLock { ($0.fresh[picture], $0.places[picture]) }
    if let fresh { return fresh }
    guard let place, let payload = reader?.payload(place), words(payload.prefix(32)) == picture.words
    else { return nil }
    return unsafe payload.withUnsafeBytes { bytes in
      (0..<dimension).map { unsafe bytes.loadUnaligned(fromByteOffset: 32 + 4 * $0, as: Float.self) }
    }
  }

  /// Remembers an embedding.
  /// - Precondition: it has the dimension that the cache was opened with.
  public func insert(_ embedding: [Float], of picture: PictureDigest) {
    precondition(embedding.count == dimension)
    state.withLock { state in
      guard state.fresh[picture] == nil else { return }
      state.fresh[picture] = embedding
      state.newRecords.append(bytes(of: picture.words) + embedding.flatMap { littleEndian($0.bitPattern) })
    }
  }

  /// Remembers which picture a file holds; not if it was changed just before.
  public func insert(_ picture: PictureDigest, of file: FileIdentity) {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let nanoseconds = UInt64(truncatingIfNeeded: now.tv_sec * 1_000_000_000 + now.tv_nsec)
    guard file.modified &+ Self.grain < nanoseconds else { return }
    state.withLock { state in
      guard state.digests.updateValue(picture, forKey: file) != picture else { return }
      state.newIndexRecords.append(bytes(of: file.words) + bytes(of: picture.words))
    }
  }

  /// Writes what is new to the disk, as far as there is room.
  public func flush() {
    let (records, indexRecords) = state.withLock { state in
      defer { (state.newRecords, state.newIndexRecords) = ([], []) }
      return (state.newRecords, state.newIndexRecords)
    }
    embeddings.append(records)
    index.append(indexRecords)
  }
}

extension FileIdentity {
  fileprivate init(words: SIMD4<UInt64>) {
    (device, inode, size, modified) = (words[0], words[1], words[2], words[3])
  }

  fileprivate var words: SIMD4<UInt64> { SIMD4(device, inode, size, modified) }
}

private func fileHeader(_ magic: StaticString, _ recipe: UInt32, _ length: UInt32, _ digest: PictureDigest)
  -> [UInt8]
{
  var header =
    Array(magic.description.utf8) + littleEndian(recipe) + littleEndian(length) + bytes(of: digest.words)
  header += [UInt8](repeating: 0, count: RecordFile.headerLength - header.count)
  return header
}

private func littleEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
}

private func bytes(of words: SIMD4<UInt64>) -> [UInt8] {
  (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64($0 % 8 * 8)) }
}

private func words(_ bytes: ArraySlice<UInt8>) -> SIMD4<UInt64> {
  var words = SIMD4<UInt64>()
  for (place, byte) in bytes.enumerated() { words[place / 8] |= UInt64(byte) << UInt64(place % 8 * 8) }
  return words
}

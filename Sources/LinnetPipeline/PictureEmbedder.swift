public import LinnetHead
internal import LinnetImage
public import LinnetModel
internal import LinnetRuntime
public import LinnetStore
internal import LinnetTensor

/// Where a picture comes from.
public enum PictureSource: Sendable {
  case file(String)
  /// An encoded picture at hand, and how messages call it.
  case bytes([UInt8], name: String)

  /// How messages call it.
  public var name: String {
    switch self {
    case .file(let path): path
    case .bytes(_, let name): name
    }
  }

  /// The encoded picture.
  public func read() throws(PipelineError) -> [UInt8] {
    switch self {
    case .file(let path):
      do throws(StoreError) { return try File.read(path) } catch { throw .store(error) }
    case .bytes(let bytes, _): return bytes
    }
  }
}

/// Turns many picture files into embeddings: several threads, each with a session of its own over the one model, and
/// what is in the cache not computed again. Reading and decoding one picture overlaps with the network on others.
public struct PictureEmbedder: Sendable {
  public let model: Model
  public let cache: EmbeddingCache?
  /// Threads in all.
  public let threads: Int
  /// Whether embeddings have the backbone's taps behind them.
  public let isWhole: Bool

  /// - Parameters:
  ///   - cacheFolder: where embeddings are cached; `nil` for no cache.
  ///   - isWhole: give the taps behind the embedding (`Model.blocks`), as heads want it. The cache holds them in either case.
  public init(
    model: Model, threads: Int, cacheFolder: String?, isWhole: Bool = true
  ) throws(PipelineError) {
    guard model.preprocessing != nil else { throw .takesNoPicture(model: model.name) }
    self.model = model
    self.threads = threads
    self.isWhole = isWhole
    cache = cacheFolder.map {
      EmbeddingCache(
        folder: $0, backbone: model.digest, recipe: Embedder.recipe, dimension: model.dimension)
    }
  }

  /// The backbone as heads name it.
  public var backbone: BackboneIdentity {
    BackboneIdentity(name: model.name, digest: model.digest, blocks: isWhole ? model.blocks : [dimension])
  }

  /// Numbers of an embedding.
  public var dimension: Int { isWhole ? model.dimension : model.outputShape.count }

  /// What became of one picture.
  public struct Outcome: Sendable {
    public var embedding: Result<[Float], PipelineError>
    /// From opening the file to the embedding.
    public var nanoseconds: UInt64
    public var wasCached: Bool
  }

  /// Embeds the pictures, and calls `body` for each in their order, on the calling thread.
  ///
  /// Fails only when the backbone cannot run at all; a picture's failure is its outcome.
  public func embed(_ pictures: [PictureSource], _ body: (Int, Outcome) -> Void) throws(PipelineError) {
    let workers = max(1, min(threads, pictures.count))
    let configuration = SessionConfiguration(threads: max(1, threads / workers))
    // Asked here, so that a backbone that cannot run is one error and not one a picture.
    do throws(SessionError) {
      _ = try configuration.resolvedInstructionSet()
    } catch {
      throw .session(error)
    }
    inParallel(
      count: pictures.count, threads: workers,
      state: { Worker(model: model, configuration: configuration, cache: cache) },
      work: { worker, index in
        var outcome = worker.outcome(pictures[index])
        if !isWhole { outcome.embedding = outcome.embedding.map { Array($0.prefix(dimension)) } }
        return outcome
      }, deliver: body)
    cache?.flush()
  }

  /// The embeddings of the pictures; throws the first failure of any.
  public func embeddings(
    _ pictures: [PictureSource], progress: (Int) -> Void = { _ in }
  ) throws(PipelineError) -> [[Float]] {
    var result: [[Float]] = []
    var failure: PipelineError?
    result.reserveCapacity(pictures.count)
    try embed(pictures) { index, outcome in
      progress(index + 1)
      switch outcome.embedding {
      case .success(let embedding): result.append(embedding)
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return result
  }
}

/// One thread's part: a session that is made when the first picture is not in the cache.
private final class Worker {
  private let model: Model
  private let configuration: SessionConfiguration
  private let cache: EmbeddingCache?
  private var embedder: Embedder?

  init(model: Model, configuration: SessionConfiguration, cache: EmbeddingCache?) {
    self.model = model
    self.configuration = configuration
    self.cache = cache
  }

  func outcome(_ picture: PictureSource) -> PictureEmbedder.Outcome {
    let start = monotonicNanoseconds()
    var wasCached = false
    let embedding: Result<[Float], PipelineError>
    do throws(PipelineError) {
      embedding = .success(try embed(picture, &wasCached))
    } catch {
      embedding = .failure(error)
    }
    return .init(embedding: embedding, nanoseconds: monotonicNanoseconds() - start, wasCached: wasCached)
  }

  private func embed(_ picture: PictureSource, _ wasCached: inout Bool) throws(PipelineError) -> [Float] {
    var identity: FileIdentity?
    if cache != nil, case .file(let path) = picture { identity = FileIdentity(path: path) }
    if let cache, let identity, let digest = cache.digest(of: identity),
      let embedding = cache.embedding(of: digest)
    {
      wasCached = true
      return embedding
    }
    let bytes = try picture.read()
    guard let cache else { return try compute(bytes, picture.name) }
    let digest = PictureDigest(of: bytes)
    if let identity { cache.insert(digest, of: identity) }
    if let embedding = cache.embedding(of: digest) {
      wasCached = true
      return embedding
    }
    let embedding = try compute(bytes, picture.name)
    cache.insert(embedding, of: digest)
    return embedding
  }

  private func compute(_ bytes: [UInt8], _ name: String) throws(PipelineError) -> [Float] {
    if embedder == nil { embedder = try Embedder(model: model, configuration: configuration, isWhole: true) }
    do throws(PictureError) {
      return try embedder!.embed(bytes)
    } catch {
      throw .picture(name: name, error)
    }
  }
}

public import LinnetHead
internal import LinnetImage
public import LinnetModel
internal import LinnetRuntime
public import LinnetStore

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

/// Turns many picture files into embeddings: several threads, each with sessions of its own over the models, and
/// what is in the cache not computed again. Reading and decoding one picture overlaps with the network on others.
public struct PictureEmbedder: Sendable {
  /// The backbones whose vectors stand one after the other: one, or two.
  public let models: [Model]
  /// What is averaged, beside the plain view; `nil` where that is left to the heads (``asTaught(_:)``), and nothing until then.
  public private(set) var views: ViewKinds?
  public private(set) var cache: EmbeddingCache?
  private let cacheFolder: String?
  /// Threads in all.
  public let threads: Int
  /// Whether embeddings have the backbones' taps behind them.
  public let isWhole: Bool

  /// The first backbone.
  public var model: Model { models[0] }

  /// - Parameters:
  ///   - models: one, or two different ones.
  ///   - cacheFolder: where embeddings are cached; `nil` for no cache.
  ///   - views: `nil` to leave them to the heads.
  ///   - isWhole: give the taps behind each embedding (`Model.blocks`), as heads want it. The cache holds them in either
  ///     case.
  public init(
    models: [Model], threads: Int, cacheFolder: String?, views: ViewKinds? = nil, isWhole: Bool = true
  ) throws(PipelineError) {
    guard 1...2 ~= models.count else { throw .tooManyBackbones(models.count) }
    for model in models where model.preprocessing == nil { throw .takesNoPicture(model: model.name) }
    if models.count == 2, models[0].digest == models[1].digest {
      throw .sameBackbone(models[0].name)
    }
    self.models = models
    self.views = views
    self.threads = threads
    self.isWhole = isWhole
    self.cacheFolder = cacheFolder
    cache = cacheFolder.map { Self.cache($0, models, views ?? []) }
  }

  private static func cache(_ folder: String, _ models: [Model], _ views: ViewKinds) -> EmbeddingCache {
    let identity = identity(models, isWhole: true)
    return EmbeddingCache(
      folder: folder, backbone: views.isEmpty ? identity.digest : identity.digest + " " + views.text,
      recipe: Embedder.recipe, dimension: identity.blocks.reduce(0, +))
  }

  /// This one with the views that the heads were taught with, where it was left to them. A classifier that was learned from no
  /// shots takes any.
  public func asTaught(_ heads: [Head]) throws(PipelineError) -> PictureEmbedder {
    let taught = heads.filter { $0.method != nil }.map(\.backbone.views)
    guard views == nil, let first = taught.first else { return self }
    guard taught.allSatisfy({ $0 == first }) else { throw .differentViews(taught) }
    guard let kinds = ViewKinds(first.isEmpty ? "none" : first) else { throw .unknownViews(first) }
    var result = self
    result.views = kinds
    if !kinds.isEmpty { result.cache = cacheFolder.map { Self.cache($0, models, kinds) } }
    return result
  }

  /// With one backbone.
  public init(
    model: Model, threads: Int, cacheFolder: String?, views: ViewKinds? = nil, isWhole: Bool = true
  ) throws(PipelineError) {
    try self.init(
      models: [model], threads: threads, cacheFolder: cacheFolder, views: views, isWhole: isWhole)
  }

  /// The backbone as heads name it.
  public var backbone: BackboneIdentity {
    var identity = Self.identity(models, isWhole: isWhole)
    identity.views = views?.text ?? ""
    return identity
  }

  private static func identity(_ models: [Model], isWhole: Bool) -> BackboneIdentity {
    let each = models.map {
      BackboneIdentity(name: $0.name, digest: $0.digest, blocks: isWhole ? $0.blocks : [$0.blocks[0]])
    }
    return each.dropFirst().reduce(each[0]) { $0.joined(with: $1) }
  }

  /// Numbers of an embedding.
  public var dimension: Int { backbone.blocks.reduce(0, +) }

  /// The embeddings alone of a whole vector.
  private func embeddings(in vector: [Float]) -> [Float] {
    var (result, place) = ([Float](), 0)
    for model in models {
      result += vector[place..<place + model.blocks[0]]
      place += model.dimension
    }
    return result
  }

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
      state: {
        Worker(models: models, views: (views ?? []).views, configuration: configuration, cache: cache)
      },
      work: { worker, index in
        var outcome = worker.outcome(pictures[index])
        if !isWhole { outcome.embedding = outcome.embedding.map(embeddings) }
        return outcome
      }, deliver: body)
    cache?.flush()
  }

  /// The embeddings of the pictures; throws the first failure of any.
  public func embeddings(
    _ pictures: [PictureSource], progress: (Int) -> Void = { _ in }
  ) throws(PipelineError) -> [[Float]] {
    try embeddings(pictures, observing: { index, _ in progress(index + 1) })
  }

  /// The same; `body` is shown each picture's outcome, in their order.
  public func embeddings(
    _ pictures: [PictureSource], observing body: (Int, Outcome) -> Void
  ) throws(PipelineError) -> [[Float]] {
    var result: [[Float]] = []
    var failure: PipelineError?
    result.reserveCapacity(pictures.count)
    try embed(pictures) { index, outcome in
      body(index, outcome)
      switch outcome.embedding {
      case .success(let embedding): result.append(embedding)
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return result
  }
}

/// One thread's part: sessions that are made when the first picture is not in the cache.
private final class Worker {
  private let models: [Model]
  private let views: [PictureView]
  private let configuration: SessionConfiguration
  private let cache: EmbeddingCache?
  private var maker: VectorMaker?

  init(
    models: [Model], views: [PictureView], configuration: SessionConfiguration, cache: EmbeddingCache?
  ) {
    self.models = models
    self.views = views
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
    let maker: VectorMaker
    if let made = self.maker {
      maker = made
    } else {
      maker = try VectorMaker(models: models, views: views, configuration: configuration)
    }
    self.maker = maker
    do throws(PictureError) {
      return try maker.vector(of: bytes)
    } catch {
      throw .picture(name: name, error)
    }
  }
}

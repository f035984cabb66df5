public import LinnetImage
public import LinnetModel
public import LinnetRuntime
public import LinnetTensor

/// A backbone made ready to turn pictures into embeddings, one at a time, on one thread at a time.
public struct Embedder: ~Copyable {
  /// Changes whenever the way from a picture's bytes to the input tensor gives other codes; cached embeddings belong to it.
  public static let recipe: UInt32 = 1

  public let session: Session
  /// Whether embeddings have the model's taps behind them.
  public let isWhole: Bool
  let preprocessing: Preprocessing
  private var transform: InputTransform
  /// The embedding with its taps, where only the embedding is given.
  private var vector: [Float]

  /// Elements of an embedding.
  public var dimension: Int { isWhole ? session.model.dimension : session.model.outputShape.count }

  /// - Parameter isWhole: give the taps behind the embedding (`Model.blocks`), as heads want it.
  public init(
    model: Model, configuration: SessionConfiguration = SessionConfiguration(), isWhole: Bool = true
  ) throws(PipelineError) {
    guard let preprocessing = model.preprocessing else { throw .takesNoPicture(model: model.name) }
    let session = try Self.session(model, configuration)
    let transform = try Self.transform(model, preprocessing)
    self.session = session
    self.isWhole = isWhole
    self.preprocessing = preprocessing
    self.transform = transform
    vector = [Float](repeating: 0, count: isWhole ? 0 : model.dimension)
  }

  private static func session(
    _ model: Model, _ configuration: SessionConfiguration
  ) throws(PipelineError) -> Session {
    do throws(SessionError) {
      return try Session(model: model, configuration: configuration)
    } catch {
      throw .session(error)
    }
  }

  private static func transform(
    _ model: Model, _ preprocessing: Preprocessing
  ) throws(PipelineError) -> InputTransform {
    do throws(PictureError) {
      return try InputTransform(
        preprocessing: preprocessing, shape: model.inputShape, quantisation: model.inputQuantisation)
    } catch {
      throw .picture(name: model.name, error)
    }
  }

  /// The embedding of an encoded picture (JPEG, PNG).
  public mutating func embed(_ picture: [UInt8]) throws(PictureError) -> [Float] {
    try session.withInput { (codes: inout MutableSpan<Int8>) throws(PictureError) in
      try transform.write(picture: picture, into: &codes)
    }
    return embedding()
  }

  /// The embedding of a decoded picture.
  public mutating func embed(_ picture: Picture) -> [Float] {
    session.withInput { transform.write(picture, into: &$0) }
    return embedding()
  }

  /// The embedding of what a camera's frame shows through `view`. After the first frame of a format and view nothing is
  /// allocated.
  ///
  /// - Parameter embedding: gets ``dimension`` numbers; unchanged on an error.
  public mutating func embed(
    frame bytes: RawSpan, format: FrameFormat, view: FrameView = .plain, into embedding: inout [Float]
  ) throws(PictureError) {
    try take(frame: bytes, format: format, view: view)
    embedTaken(into: &embedding)
  }

  /// Makes what a camera's frame shows through `view` the network's input, and leaves the network for
  /// ``embedTaken(into:)``. After the first frame of a format and view nothing is allocated.
  public mutating func take(
    frame bytes: RawSpan, format: FrameFormat, view: FrameView = .plain
  ) throws(PictureError) {
    try transform.take(frame: bytes, format: format, view: view)
    session.withInput { transform.writeTaken(into: &$0) }
  }

  /// The embedding of what ``take(frame:format:view:)`` took, once. Allocates nothing.
  ///
  /// - Parameter embedding: gets ``dimension`` numbers.
  public mutating func embedTaken(into embedding: inout [Float]) {
    session.run()
    guard !isWhole else { return session.copyEmbedding(into: &embedding) }
    session.copyEmbedding(into: &vector)
    if embedding.count != dimension { embedding = [Float](repeating: 0, count: dimension) }
    for place in embedding.indices { embedding[place] = vector[place] }
  }

  /// The brightness of what was taken or embedded last. Allocates nothing.
  public mutating func look(into thumbnail: inout LumaThumbnail) { transform.look(into: &thumbnail) }

  /// The embedding of a view of a picture that was decoded for it.
  mutating func embed(_ view: PictureView, of picture: borrowing DecodedPicture) -> [Float] {
    session.withInput { transform.write(view, of: picture, into: &$0) }
    return embedding()
  }

  private func embedding() -> [Float] {
    session.run()
    var result = [Float](repeating: 0, count: session.model.dimension)
    session.copyEmbedding(into: &result)
    if !isWhole { result.removeLast(result.count - dimension) }
    return result
  }
}

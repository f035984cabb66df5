public import LinnetHead

/// Answers for pictures: a backbone and a head that belongs to it.
public struct Classifier: Sendable {
  public let embedder: PictureEmbedder
  public let head: Head

  /// Fails when the head belongs to another backbone.
  public init(embedder: PictureEmbedder, head: Head) throws(PipelineError) {
    do throws(HeadError) { try head.checkBackbone(embedder.backbone) } catch { throw .head(error) }
    self.embedder = embedder
    self.head = head
  }

  /// What a picture is, and how long the answer took from opening the file.
  public struct Answer: Sendable {
    public var decision: Decision
    public var milliseconds: Double
  }

  /// Answers for the pictures in their order, on the calling thread; a picture's failure is its own.
  public func classify(
    _ pictures: [PictureSource], top: Int, _ body: (Int, Result<Answer, PipelineError>) -> Void
  ) throws(PipelineError) {
    try embedder.embed(pictures) { index, outcome in
      body(
        index,
        outcome.embedding.map { embedding in
          let start = monotonicNanoseconds()
          let decision = head.decide(embedding, top: top)
          let nanoseconds = outcome.nanoseconds + monotonicNanoseconds() - start
          return Answer(decision: decision, milliseconds: Double(nanoseconds) / 1e6)
        })
    }
  }
}

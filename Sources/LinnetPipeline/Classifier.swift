public import LinnetHead

/// Answers for pictures: a backbone and any number of heads that belong to it; a picture goes through the backbone once.
public struct Classifier: Sendable {
  public let embedder: PictureEmbedder
  /// One at least.
  public let heads: [Head]

  /// Fails when a head belongs to another backbone. Pictures are seen as the heads were taught, unless the embedder says.
  public init(embedder: PictureEmbedder, heads: [Head]) throws(PipelineError) {
    precondition(!heads.isEmpty, "a head answers")
    for head in heads {
      do throws(HeadError) { try head.checkBackbone(embedder.backbone) } catch { throw .head(error) }
    }
    self.embedder = try embedder.asTaught(heads)
    self.heads = heads
  }

  /// Fails when the head belongs to another backbone.
  public init(embedder: PictureEmbedder, head: Head) throws(PipelineError) {
    try self.init(embedder: embedder, heads: [head])
  }

  /// What a picture is, and how long the answer took from opening the file.
  public struct Answer: Sendable {
    /// What each of ``Classifier/heads`` says, each by its own threshold.
    public var decisions: [Decision]
    public var milliseconds: Double

    /// What the first head says.
    public var decision: Decision { decisions[0] }
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
          let decisions = heads.map { $0.decide(embedding, top: top) }
          let nanoseconds = outcome.nanoseconds + monotonicNanoseconds() - start
          return Answer(decisions: decisions, milliseconds: Double(nanoseconds) / 1e6)
        })
    }
  }
}

/// Embeddings of pictures from the world in which a head is to work, without labels.
public struct Frames: Sendable {
  /// Numbers an embedding.
  public let dimension: Int
  /// `count · dimension` numbers, a row a frame, finite.
  public private(set) var embeddings: [Float] = []

  public init(dimension: Int) {
    precondition(dimension >= 1, "an embedding has at least one number")
    self.dimension = dimension
  }

  public var count: Int { embeddings.count / dimension }

  /// Adds one frame.
  public mutating func append(_ embedding: [Float]) throws(DomainError) {
    guard embedding.count == dimension else {
      throw .wrongDimension(expected: dimension, actual: embedding.count)
    }
    guard embedding.allSatisfy({ $0.isFinite }) else { throw .notFinite(frame: count + 1) }
    embeddings += embedding
  }

  /// At most `limit` of them, evenly chosen.
  func thinned(to limit: Int) -> Frames {
    guard count > limit else { return self }
    var result = Frames(dimension: dimension)
    for place in 0..<limit { result.embeddings += embedding(of: place * count / limit) }
    return result
  }

  /// The embedding of one frame.
  func embedding(of frame: Int) -> [Float] {
    Array(embeddings[frame * dimension..<(frame + 1) * dimension])
  }
}

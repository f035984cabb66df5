internal import LinnetSafetensors

/// Which backbone made an embedding, or which two; heads and cached embeddings belong to one.
public struct BackboneIdentity: Hashable, Sendable {
  /// For people: `efficientnet-lite0`, of a pair `efficientnet-lite0+mobilenet-v2`.
  public var name: String
  /// `sha256:` and 64 hexadecimal digits, the digest of the model file; alone decides equality of backbones.
  public var digest: String
  /// The widths of the parts that an embedding consists of, one after the other: first the network's own output, then of
  /// every tapped map the channels' means and their deviations. Empty: one part, or not known, as in a head's file.
  public var blocks: [Int]
  /// Which of ``blocks`` are networks' own outputs: the first, and of a pair that of the second too.
  public private(set) var outputs = [0]
  /// The views of a picture whose embeddings are averaged, as LinnetPipeline names them (`flip,crops`); empty for the
  /// picture as it is. A head is to be asked in the way it was taught.
  public var views = ""

  public init(name: String, digest: String, blocks: [Int] = []) {
    self.name = name
    self.digest = digest
    self.blocks = blocks
  }

  public static func == (a: BackboneIdentity, b: BackboneIdentity) -> Bool {
    a.name == b.name && a.digest == b.digest
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(digest)
  }
}

extension BackboneIdentity {
  /// This backbone and another: a picture's embedding by this one, then by that.
  public func joined(with other: BackboneIdentity) -> BackboneIdentity {
    var hash = SHA256()
    hash.update(digest + "\n" + other.digest)
    var pair = BackboneIdentity(
      name: name + "+" + other.name, digest: SHA256.text(hash.finish()), blocks: blocks + other.blocks)
    pair.outputs = outputs + other.outputs.map { $0 + blocks.count }
    return pair
  }

  /// Where the networks' own outputs lie in an embedding of `dimension` numbers.
  public func outputRanges(dimension: Int) -> [Range<Int>] {
    guard !blocks.isEmpty else { return [0..<dimension] }
    return outputs.map { block in
      let start = blocks[..<block].reduce(0, +)
      return min(start, dimension)..<min(start + blocks[block], dimension)
    }.filter { !$0.isEmpty }
  }
}

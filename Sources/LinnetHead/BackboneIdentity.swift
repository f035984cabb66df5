/// Which backbone made an embedding; heads and cached embeddings belong to one.
public struct BackboneIdentity: Hashable, Sendable {
  /// For people: `efficientnet-lite0`.
  public var name: String
  /// `sha256:` and 64 hexadecimal digits, the digest of the model file; alone decides equality of backbones.
  public var digest: String
  /// The widths of the parts that an embedding consists of, one after the other: first the network's own output, then of
  /// every tapped map the channels' means and their deviations. Empty: one part, or not known, as in a head's file.
  public var blocks: [Int]

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

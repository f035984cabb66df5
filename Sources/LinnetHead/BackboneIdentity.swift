/// Which backbone made an embedding; heads and cached embeddings belong to one.
public struct BackboneIdentity: Hashable, Sendable {
  /// For people: `efficientnet-lite0`.
  public var name: String
  /// `sha256:` and 64 hexadecimal digits, the digest of the model file; alone decides equality of backbones.
  public var digest: String

  public init(name: String, digest: String) {
    self.name = name
    self.digest = digest
  }
}

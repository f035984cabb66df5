/// When a head is to say that it knows nothing of an embedding.
public struct UnknownRecipe: Hashable, Sendable {
  /// Nothing is ever unknown.
  public var isNever = false

  public init() {}
}

/// How a head with a hidden layer is trained.
public struct PerceptronRecipe: Hashable, Sendable {
  public init() {}
}

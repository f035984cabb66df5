public import LinnetHead

/// What is evaluated: a way of learning a head from an episode's shots, or one head that is there already.
public struct Contender: Sendable {
  indirect enum Source: Sendable {
    case recipe(HeadRecipe, BackboneIdentity, TrainingSupport)
    case head(Head)
  }

  /// For reports: `logistic`, `parts.head`.
  public var name: String
  /// Whether the queries of an episode are answered together, each helping the others.
  public var isTransductive: Bool
  let source: Source

  /// Learns a head of every episode's shots.
  public init(
    _ recipe: HeadRecipe, name: String? = nil, backbone: BackboneIdentity, support: TrainingSupport = .init(),
    isTransductive: Bool = false
  ) {
    let name = name ?? recipe.method.rawValue
    self.name = isTransductive ? name + ", transductive" : name
    self.isTransductive = isTransductive
    source = .recipe(recipe, backbone, support)
  }

  /// Asks one head, whatever the shots.
  public init(head: Head, name: String) {
    self.name = name
    isTransductive = false
    source = .head(head)
  }

  /// The head that is asked; `nil` where one is learned.
  public var given: Head? {
    if case .head(let head) = source { head } else { nil }
  }

  /// Classes that answers may name beyond the folder's.
  var classes: [String] { given?.classes ?? [] }

  func head(of shots: Shots) throws(HeadError) -> Head {
    switch source {
    case .recipe(let recipe, let backbone, let support):
      try Head.train(recipe, shots: shots, backbone: backbone, support: support)
    case .head(let head): head
    }
  }
}

/// How a head is learned: the method, and what can be said about it. The defaults suit unless one knows better.
public struct HeadRecipe: Hashable, Sendable {
  public var method: HeadMethod
  /// What is done to embeddings first; `nil`: the method's own choice.
  public var treatment: EmbeddingTreatment?
  /// What is done about classes of unequal numbers of shots; `offsets` of `auto` unless it is said, `weights` elsewhere.
  public var balance: ClassBalance
  /// The exponent γ of the focal loss, 0 for none (`logistic`, `mlp`).
  public var focal: Float = 0
  /// How strongly weights are held back; in the method's own unit, `nil` for its own choice.
  public var regularisation: Float?
  /// How many of the most similar shots vote (`knn`).
  public var neighbours = 5
  /// The hidden layer and how it is trained (`mlp`).
  public var perceptron = PerceptronRecipe()
  /// When the answer is that nothing is known.
  public var unknown = UnknownRecipe()
  /// Whether all classes have one threshold for unknown.
  public var thresholds = ThresholdScope.common
  /// Whatever is drawn by lot is drawn from this.
  public var seed: UInt64 = 0

  public init(_ method: HeadMethod) {
    self.method = method
    balance = method == .auto ? .offsets : .weights
  }
}

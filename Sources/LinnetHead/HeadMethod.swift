/// How a head is learned from shots. `HEADS.md` says which one suits when.
public enum HeadMethod: String, CaseIterable, Hashable, Sendable {
  /// The nearest class mean by cosine (Snell, Swersky, Zemel, "Prototypical Networks for Few-shot Learning", 2017). Shots
  /// can be added and taken away one by one, in microseconds.
  case prototype
  /// New classes beside those of a head that exists, a normalised class mean each (Qi, Brown, Lowe, "Low-Shot Learning
  /// with Imprinted Weights", 2018).
  case imprint
  /// The most similar shots vote (Fix, Hodges, "Discriminatory Analysis: Nonparametric Discrimination", 1951).
  case knn
  /// Multinomial logistic regression with an L2 penalty (Cox, "The Regression Analysis of Binary Sequences", 1958).
  case logistic
  /// Least squares with an L2 penalty on one-hot targets (Hoerl, Kennard, "Ridge Regression: Biased Estimation for
  /// Nonorthogonal Problems", 1970).
  case ridge
  /// Linear discriminant analysis with a shrunk covariance (Fisher 1936; Friedman, "Regularized Discriminant Analysis",
  /// 1989).
  case lda
  /// One hidden layer (Rumelhart, Hinton, Williams, "Learning Representations by Back-propagating Errors", 1986).
  case mlp
  /// What does best on held-out shots.
  case auto

  /// Heads of this method that were learned apart can be merged into what one learned from all shots would be.
  public var isAdditive: Bool {
    switch self {
    case .prototype, .knn, .ridge, .lda: true
    case .imprint, .logistic, .mlp, .auto: false
    }
  }
}

/// How a head is learned from shots.
public enum HeadMethod: String, CaseIterable, Hashable, Sendable {
  /// The nearest class mean by cosine, on L2-normalised embeddings (Snell, Swersky, Zemel, "Prototypical Networks for
  /// Few-shot Learning", 2017). Shots can be added and taken away one by one, in microseconds.
  case prototype
  /// Multinomial logistic regression with an L2 penalty on ten times the L2-normalised embeddings, classes balanced.
  /// Better from two shots a class on; learned anew when shots change.
  case logistic
}

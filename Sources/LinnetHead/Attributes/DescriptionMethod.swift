/// How embeddings and descriptions of classes are joined; each gives a linear function of the embedding for every class.
public enum DescriptionMethod: String, CaseIterable, Hashable, Sendable {
  /// A bilinear form between embeddings and descriptions, with a penalty on both sides (Romera-Paredes, Torr, "An
  /// Embarrassingly Simple Approach to Zero-Shot Learning", 2015).
  case bilinear
  /// A classifier an attribute, asked for what the class should have (Lampert, Nickisch, Harmeling, "Learning to Detect
  /// Unseen Object Classes by Between-Class Attribute Transfer", 2009: direct attribute prediction). As the
  /// log-odds of independent attributes add up, the answer is linear.
  case attributes
  /// Ridge regression from embeddings to descriptions, compared by cosine (Palatucci et al., "Zero-Shot Learning
  /// with Semantic Output Codes", 2009).
  case forward
  /// Ridge regression from descriptions to embeddings: a class that was never seen gets the mean that its pictures
  /// should have. In this direction few classes become the nearest to everything (Shigeto, Suzuki, Hara, Shimbo,
  /// Matsumoto, "Ridge Regression, Hubness, and Zero-Shot Learning", 2015).
  case reverse
}

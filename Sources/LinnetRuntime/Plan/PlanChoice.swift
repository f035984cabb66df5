/// How much of a network is run depth-first; no choice changes an answer.
public enum PlanChoice: Sendable, Equatable {
  /// What the cost function finds cheapest for the machine's cache and the session's threads.
  case automatic
  /// Every operator for itself, whole.
  case unfused
  /// The longest chains of operators there are, `strip` output rows at a time.
  case fused(strip: Int)
}

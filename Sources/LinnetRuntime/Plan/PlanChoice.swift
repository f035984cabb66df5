/// How much of a network is run depth-first; no choice changes an answer.
public enum PlanChoice: Sendable, Equatable {
  /// What the cost function finds cheapest for the machine's cache and the session's threads.
  case automatic
  /// Every operator for itself, whole.
  case unfused
  /// The longest chains of operators there are, `strip` output rows at a time.
  case fused(strip: Int)
}

extension PlanChoice {
  /// "automatic", "unfused", or the rows of a strip, 1 to 4096; anything else is `nil`.
  init?(_ text: String) {
    switch text {
    case "automatic": self = .automatic
    case "unfused": self = .unfused
    default:
      guard let strip = Int(text), (1...4096).contains(strip) else { return nil }
      self = .fused(strip: strip)
    }
  }
}

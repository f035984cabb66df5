/// The receiver operating characteristic of an open-set score: what share of the known is accepted where so much of the
/// unknown is.
public enum ReceiverOperating {
  /// Steps from no unknown accepted to all.
  public static let steps = 100

  /// The greatest share of known scores that a threshold accepts which accepts at most 0, 1, … 100 hundredths of the
  /// unknown; `nil` when either is missing.
  ///
  /// On this common grid, curves of several heads can be averaged (Fawcett, "An Introduction to ROC Analysis", 2006,
  /// vertical averaging).
  public static func curve(known: [Float], unknown: [Float]) -> [Double]? {
    guard !known.isEmpty, !unknown.isEmpty else { return nil }
    let known = known.sorted(by: >)
    let unknown = unknown.sorted(by: >)
    var accepted = 0
    return (0...steps).map { step in
      // One more unknown than these would be too many: what scores above it passes.
      let allowed = unknown.count * step / steps
      guard allowed < unknown.count else { return 1 }
      while accepted < known.count && known[accepted] > unknown[allowed] { accepted += 1 }
      return Double(accepted) / Double(known.count)
    }
  }
}

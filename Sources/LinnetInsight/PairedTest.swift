internal import LinnetAlgebra

/// How likely a difference as great as the one seen would be if neither of the two compared were better.
public enum PairedTest {
  /// The exact two-sided test of McNemar ("Note on the Sampling Error of the Difference Between Correlated Proportions
  /// or Percentages", 1947) on pictures that one alone answered right: a fair coin's chance of a split at least as
  /// uneven.
  public static func mcNemar(onlyFirst: Int, onlySecond: Int) -> Double {
    let (count, less) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
    guard count > 0 else { return 1 }
    // Binomial(count, less) / 2^count, halved as it grows so that it stays within range.
    var (term, halvings) = (1.0, 0)
    for place in 0..<less {
      term *= Double(count - place) / Double(place + 1)
      while term > 1 && halvings < count {
        term /= 2
        halvings += 1
      }
    }
    while halvings < count {
      term /= 2
      halvings += 1
    }
    var sum = 0.0
    for place in stride(from: less, through: 0, by: -1) {
      sum += term
      term *= Double(place) / Double(count - place + 1)
    }
    return min(1, 2 * sum)
  }

  /// Two-sided sign-flip permutation test on the differences of episodes (Fisher, "The Design of Experiments", 1935;
  /// Phipson, Smyth, "Permutation P-values Should Never Be Zero", 2010): all flips of up to 14 episodes, else 9999
  /// random ones, always the same.
  public static func signFlip(_ differences: [Double]) -> Double {
    let differences = differences.filter { $0 != 0 }
    guard !differences.isEmpty else { return 1 }
    // A hair below, so that equal sums in another order of addition count.
    let seen = abs(differences.reduce(0, +)) * (1 - 1e-12)
    if differences.count <= 14 {
      let all = 1 << differences.count
      let extreme = (0..<all).count { signs in
        abs(differences.indices.reduce(0) { $0 + (signs >> $1 & 1 == 0 ? 1 : -1) * differences[$1] }) >= seen
      }
      return Double(extreme) / Double(all)
    }
    let flips = 9999
    var random = SplitMix(seed: 0)
    var extreme = 0
    for _ in 0..<flips {
      var (sum, bits) = (0.0, UInt64(0))
      for (place, difference) in differences.enumerated() {
        if place % 64 == 0 { bits = random.next() }
        sum += bits & 1 == 0 ? difference : -difference
        bits >>= 1
      }
      if abs(sum) >= seen { extreme += 1 }
    }
    return Double(1 + extreme) / Double(1 + flips)
  }
}

internal import LinnetAlgebra

/// Temperature and threshold from scores of held-out shots.
enum Calibration {
  /// The share of known embeddings that the threshold may refuse.
  static let refusedShare = 0.05

  /// The temperature that makes the held-out shots' probabilities likeliest (Guo, Pleiss, Sun, Weinberger, "On
  /// Calibration of Modern Neural Networks", 2017), with Platt's targets (1999): of n shots the own class counts as
  /// 1 − ½/(n + 1), so that a few that are all right do not make the head certain. `fallback` where too few are held out.
  static func temperature(_ heldOut: HeldOutScores, fallback: Float) -> Float {
    guard heldOut.suffice else { return fallback }
    let classCount = heldOut.scores.columns
    guard classCount > 1 else { return 1 }
    let miss = 0.5 / Float(heldOut.usable.count + 1)
    let other = miss / Float(classCount - 1)
    let rows = heldOut.usable.map { row in
      let scores = heldOut.scores.elements(of: row)
      let target = scores.reduce(0, +) * other + scores[heldOut.classOf[row]] * (1 - miss - other)
      return (scores: scores, target: target)
    }
    // The likelihood is concave in the inverse temperature; the zero of its slope is bracketed, the bracket halved.
    var (least, greatest): (Float, Float) = (0.05, 20)
    for _ in 0..<24 {
      let inverse = (least * greatest).squareRoot()
      // In whole steps of 2⁻²⁰, so that the order of shots does not matter.
      var slope = 0
      for row in rows {
        let probabilities = softmax(row.scores, temperature: 1 / inverse)
        let expected = zip(probabilities, row.scores).reduce(0) { $0 + $1.0 * $1.1 }
        slope += (row.target - expected).inSteps
      }
      if slope > 0 { least = inverse } else { greatest = inverse }
    }
    return 1 / (least * greatest).squareRoot()
  }

  /// The open-set score that ``refusedShare`` of the held-out shots stay below; where the classes lie further apart
  /// than that, halfway from there to what shots score that know nothing of their own class. Where too few are held
  /// out: the mean cosine from a class to the one nearest to it. `nil` for a single shot, which tells nothing.
  static func unknownThreshold(_ heldOut: HeldOutScores, _ prototypes: Prototypes) -> Float? {
    let classCount = prototypes.counts.count
    guard !heldOut.suffice else {
      let known = quantile(openSetScores(heldOut, knowingTheirClass: true).sorted(), refusedShare)
      // The one class that is left of two would always be certain.
      guard classCount > 2 else { return known }
      let foreign = quantile(openSetScores(heldOut, knowingTheirClass: false).sorted(), 1 - refusedShare)
      return min(known, (known + foreign) / 2)
    }
    return unknownThreshold(prototypes)
  }

  /// The mean cosine from a class to the one nearest to it; `nil` of a single class.
  static func unknownThreshold(_ prototypes: Prototypes) -> Float? {
    let classCount = prototypes.counts.count
    guard classCount > 1 else { return nil }
    let cosines = prototypes.directions.timesTransposed(prototypes.directions, isSymmetric: true)
    var total: Float = 0
    for place in 0..<classCount {
      total += (0..<classCount).filter { $0 != place }.map { cosines[place, $0] }.max() ?? 0
    }
    return total / Float(classCount)
  }

  /// What the held-out shots score, or would score if their own class had never been shown.
  static func openSetScores(_ heldOut: HeldOutScores, knowingTheirClass: Bool) -> [Float] {
    heldOut.usable.map { row in
      var scores = heldOut.scores.elements(of: row)
      var cosines = heldOut.cosines.elements(of: row)
      if !knowingTheirClass {
        scores.remove(at: heldOut.classOf[row])
        cosines.remove(at: heldOut.classOf[row])
      }
      return UnknownRule.plain.score {
        $0 == .cosine ? cosines.max() ?? 0 : softmax(scores, temperature: 1).max() ?? 0
      }
    }
  }

  /// Between the two nearest of the sorted numbers.
  static func quantile(_ sorted: [Float], _ share: Double) -> Float {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + Float(position - Double(below)) * (sorted[above] - sorted[below])
  }
}

extension Float {
  /// In whole steps of 2⁻²⁰, whose sums do not depend on their order; what is beyond 10⁹ counts that.
  var inSteps: Int { Int(Swift.max(-1e9, Swift.min(1e9, self)) * 1_048_576) }
}

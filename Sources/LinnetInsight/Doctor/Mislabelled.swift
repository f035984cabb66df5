/// Captures whose label is likely wrong: confident learning (Northcutt, Jiang, Chuang, "Confident Learning: Estimating
/// Uncertainty in Dataset Labels", 2021), from held-out probabilities.
///
/// A class is claimed by a capture of another label when its probability reaches what the class's own captures have on
/// average. The paper counts every such capture; so that few-shot sets, where heads err often, do not raise many false
/// alarms, the claim must be the surer and the own label the less likely, the less right the held-out answers are on the
/// whole.
enum Mislabelled {
  /// A suspicion: which capture, and what it looks like.
  struct Suspect: Hashable {
    var capture: Int
    var looksLike: Int
    var probability: Float
  }

  /// The suspects, the surest first.
  static func suspects(_ captures: LabelledCaptures, _ heldOut: HeldOutAnswers) -> [Suspect] {
    let recalls = heldOut.recall(captures).compactMap { $0 }
    guard !recalls.isEmpty else { return [] }
    let accuracy = Float(recalls.reduce(0, +) / Double(recalls.count))
    var sums = [Float](repeating: 0, count: captures.classes.count)
    var counts = [Float](repeating: 0, count: captures.classes.count)
    for (label, row) in zip(captures.classOf, heldOut.probabilities) {
      guard let row else { continue }
      sums[label] += row[label]
      counts[label] += 1
    }
    var result: [Suspect] = []
    for (capture, row) in heldOut.probabilities.enumerated() {
      guard let row else { continue }
      let own = captures.classOf[capture]
      let claims = row.indices.filter { $0 != own && counts[$0] > 0 && row[$0] >= sums[$0] / counts[$0] }
      guard let claim = claims.max(by: { (row[$0], $1) < (row[$1], $0) }) else { continue }
      guard row[claim] >= 1 - accuracy / 2, row[own] <= accuracy / 10 else { continue }
      result.append(Suspect(capture: capture, looksLike: claim, probability: row[claim]))
    }
    return result.sorted { (-$0.probability, $0.capture) < (-$1.probability, $1.capture) }
  }
}

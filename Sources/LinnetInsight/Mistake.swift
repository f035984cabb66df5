/// A picture that was answered wrong, in one episode or in many.
public struct Mistake: Hashable, Sendable {
  /// Place in ``PictureFolder/items``.
  public var picture: Int
  /// Places in ``Evaluation/classes``, and of the most frequent wrong answer in ``Evaluation/answers``.
  public var truth: Int
  public var answer: Int
  /// How often it was asked about, and how often the answer was wrong.
  public var asked: Int
  public var wrong: Int
  /// Mean confidence of the wrong answers.
  public var confidence: Double
}

extension Evaluation {
  /// The pictures that were answered wrong, those first that were wrong with most confidence over all their episodes.
  public func worstMistakes(_ limit: Int) -> [Mistake] {
    struct Tally {
      var truth = 0
      var asked = 0
      var confidence = 0.0
      var answers: [Int: Int] = [:]
    }
    var tallies: [Int: Tally] = [:]
    for answer in outcomes.lazy.flatMap(\.answers) {
      var tally = tallies[Int(answer.picture)] ?? Tally(truth: Int(answer.truth))
      tally.asked += 1
      if !answer.isRight {
        tally.confidence += Double(answer.confidence)
        tally.answers[Int(answer.answer), default: 0] += 1
      }
      tallies[Int(answer.picture)] = tally
    }
    let mistakes = tallies.compactMap { picture, tally -> (weight: Double, mistake: Mistake)? in
      guard let most = tally.answers.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }) else {
        return nil
      }
      let wrong = tally.answers.values.reduce(0, +)
      return (
        tally.confidence / Double(tally.asked),
        Mistake(
          picture: picture, truth: tally.truth, answer: most.key, asked: tally.asked, wrong: wrong,
          confidence: tally.confidence / Double(wrong))
      )
    }
    return mistakes.sorted { ($1.weight, $0.mistake.picture) < ($0.weight, $1.mistake.picture) }
      .prefix(limit).map(\.mistake)
  }
}

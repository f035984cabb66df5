internal import LinnetAlgebra

/// What seen classes score that are left out in turn as if they had no pictures: the only way to know beforehand how
/// sure a head of described classes may be.
struct HeldOutClasses {
  /// Scores of a shot and the place of the true one; the first `seen` of the scores are of classes that were not left out.
  private struct Row {
    var scores: [Float]
    var truth: Int
    var seen: Int
  }

  private var rows: [Row] = []
  /// The root mean square of scores about their mean.
  private var spread: Float = 1
  private let includesSeen: Bool

  /// At most five folds. Of fewer than four classes each by itself, which says something only beside seen ones.
  init(
    _ material: SeenClasses, _ descriptions: [[Float?]], _ method: DescriptionMethod, includesSeen: Bool,
    map whole: DescriptionMap
  ) {
    self.includesSeen = includesSeen
    let count = material.classes.count
    let folds = count >= 4 ? min(5, count / 2) : includesSeen && count == 3 ? 3 : 0
    for fold in 0..<folds {
      let left = (0..<count).filter { $0 % folds == fold }
      let kept = (0..<count).filter { $0 % folds != fold }
      let others = material.classOf.indices.filter { material.classOf[$0] % folds != fold }
      let queries = material.classOf.indices.filter { material.classOf[$0] % folds == fold }
      // Every second picture of a kept class asks how well the class itself stands.
      let asked = includesSeen ? HeldOutClasses.everySecond(others, material.classOf) : []
      let taught = asked.isEmpty ? others : others.filter { !asked.contains($0) }
      guard let map = material.map(taught, of: kept, descriptions, method) else { continue }
      let unseen = map.classifier(for: left.map { descriptions[$0] })
      let seen = map.seenClassifier(kept.map { descriptions[$0] })
      let places = queries + asked.sorted()
      let embeddings = material.embeddings.rows(places)
      let scores = unseen.logits(of: embeddings, gain: 1)
      let seenScores = includesSeen ? seen.logits(of: embeddings, gain: 1) : nil
      for (row, place) in places.enumerated() {
        let place = material.classOf[place]
        let truth = left.firstIndex(of: place).map { $0 + (seenScores == nil ? 0 : kept.count) }
        let before = seenScores?.elements(of: row) ?? []
        rows.append(
          Row(
            scores: before + scores.elements(of: row), truth: truth ?? kept.firstIndex(of: place)!,
            seen: before.count))
      }
    }
    let scores =
      rows.isEmpty
      ? HeldOutClasses.elements(whole.seenClassifier(descriptions).logits(of: material.embeddings, gain: 1))
      : rows.map { $0.scores }
    let measured = HeldOutClasses.deviation(scores)
    if measured > 1e-20, measured.isFinite { spread = measured }
  }

  private static func elements(_ matrix: Matrix) -> [[Float]] {
    (0..<matrix.rows).map { matrix.elements(of: $0) }
  }

  /// The root mean square of all scores about the mean of their own row.
  private static func deviation(_ rows: [[Float]]) -> Float {
    var squares = 0.0
    var numbers = 0
    for scores in rows {
      let mean = scores.reduce(0, +) / Float(scores.count)
      squares += scores.reduce(0.0) { $0 + Double(($1 - mean) * ($1 - mean)) }
      numbers += scores.count
    }
    return Float((squares / Double(max(numbers, 1))).squareRoot())
  }

  /// The second, fourth … row of every class.
  private static func everySecond(_ rows: [Int], _ classOf: [Int]) -> Set<Int> {
    var number: [Int: Int] = [:]
    return Set(
      rows.filter {
        number[classOf[$0], default: 0] += 1
        return number[classOf[$0]]! % 2 == 0
      })
  }

  /// What the scores of seen classes are lowered by: the step of 0…4 ``spread`` with the greatest harmonic mean of the shares
  /// of seen and of unseen pictures that are answered right; one ``spread`` where it cannot be measured.
  var handicap: Float {
    guard includesSeen, rows.contains(where: { $0.truth < $0.seen }) else { return includesSeen ? spread : 0 }
    var best: (step: Int, value: Double) = (0, -1)
    for step in 0...40 {
      let handicap = Float(step) / 10 * spread
      var right = (seen: 0, unseen: 0)
      var all = (seen: 0, unseen: 0)
      for row in rows {
        let scores = row.scores.enumerated().map { $0.offset < row.seen ? $0.element - handicap : $0.element }
        let isRight = scores[row.truth] >= scores.max()!
        if row.truth < row.seen {
          all.seen += 1
          right.seen += isRight ? 1 : 0
        } else {
          all.unseen += 1
          right.unseen += isRight ? 1 : 0
        }
      }
      let (a, b) = (Double(right.seen) / Double(all.seen), Double(right.unseen) / Double(all.unseen))
      let value = a + b > 0 ? 2 * a * b / (a + b) : 0
      if value > best.value { best = (step, value) }
    }
    return Float(best.step) / 10 * spread
  }

  /// The temperature under which the truth is likeliest; ``spread`` where there is nothing to fit.
  var temperature: Float {
    guard !rows.isEmpty else { return spread }
    let handicap = self.handicap
    let rows = rows.map { row in
      (
        scores: row.scores.enumerated().map { $0.offset < row.seen ? $0.element - handicap : $0.element },
        truth: row.truth
      )
    }
    // The likelihood is concave in the inverse temperature; the zero of its slope is bracketed, the bracket halved.
    var (least, greatest): (Float, Float) = (0.05 / spread, 20 / spread)
    for _ in 0..<24 {
      let inverse = (least * greatest).squareRoot()
      var slope = 0.0
      for row in rows {
        let probabilities = softmax(row.scores, temperature: 1 / inverse)
        let expected = zip(probabilities, row.scores).reduce(0) { $0 + $1.0 * $1.1 }
        slope += Double(row.scores[row.truth] - expected)
      }
      if slope > 0 { least = inverse } else { greatest = inverse }
    }
    return 1 / (least * greatest).squareRoot()
  }
}

internal import LinnetAlgebra

/// What a rule and its threshold are learned from.
struct UnknownEvidence {
  let recipe: UnknownRecipe
  let shots: Shots
  let samples: Samples
  let heldOut: HeldOutScores
  let prototypes: Prototypes
  let temperature: Float
  /// The backbone's first block.
  let width: Int
  /// Embeddings of ``width`` numbers that stand for everything else.
  let pseudoBackground: [Float]
  /// How the head scores embeddings: the scores and the cosines to its class means.
  let scored: ([Float]) -> (scores: Matrix, cosines: Matrix)
}

extension UnknownRule {
  /// A rule and its threshold, from how held-out shots fare; where too few can be held out, the plain rule.
  ///
  /// The weights were chosen once, on pairs of known and unknown pictures of many kinds, and hold for all heads. What
  /// differs from head to head, the means and deviations, comes from its own held-out shots.
  static func learn(_ evidence: UnknownEvidence) -> (rule: UnknownRule, threshold: Float?) {
    guard evidence.heldOut.suffice else {
      return (.plain, Calibration.unknownThreshold(evidence.heldOut, evidence.prototypes))
    }
    let known = EmbeddingTreatment.l2(evidence.width)
      .matrix(of: evidence.shots.embeddings, dimension: evidence.shots.dimension)
    let background =
      evidence.shots.background.isEmpty
      ? nil
      : EmbeddingTreatment.l2(evidence.width)
        .matrix(of: evidence.shots.background, dimension: evidence.shots.dimension)
    let fit = BackgroundRegression.fit(
      evidence.shots, groups: evidence.samples.groups, pseudoBackground: evidence.pseudoBackground,
      width: evidence.width)
    var rule = UnknownRule(terms: [])
    rule.shots = KnownShots(known.rows(at: evidence.shots.order))
    rule.regression = fit?.regression
    rule.background = background.map { KnownShots($0.rows(at: evidence.shots.backgroundOrder)) }

    let own = HeldOutMeasures(evidence, known: known, background: background, regression: fit?.known)
    func term(_ measure: Measure, _ least: Float, weight: Float = 1, cap: Float? = nil) {
      let (mean, deviation) = moments(evidence.heldOut.usable.map { own.value(measure, $0) })
      rule.terms.append(
        Term(measure: measure, mean: mean, deviation: max(deviation, least), weight: weight, cap: cap))
    }
    term(.certainty, 0.1)
    if fit != nil { term(.likeness, 0.02, weight: background == nil ? 1 : 0.5) }
    term(.nearest, 0.01)
    if background != nil {
      term(.cosine, 0.01)
      if fit != nil { term(.foreground, 0.02, weight: 1.5) }
      term(.elsewhere, 0.01, weight: 1.5)
    } else {
      term(.cosine, 0.01, weight: -0.5)
      term(.cosine, 0.01, weight: 2, cap: -1)
      if fit != nil { term(.foreground, 0.02, weight: 3, cap: -1) }
    }
    return (rule, threshold(rule, evidence, own, fit?.background, background))
  }

  /// Mean and deviation, in whole steps of 2⁻²⁰ so that the order does not matter.
  private static func moments(_ values: [Float]) -> (mean: Float, deviation: Float) {
    let count = Double(max(values.count, 1))
    func mean(_ values: [Double]) -> Double {
      Double(values.reduce(0) { $0 + Int(($1 * 1_048_576).rounded()) }) / 1_048_576 / count
    }
    let centre = mean(values.map(Double.init))
    let variance = mean(values.map { (Double($0) - centre) * (Double($0) - centre) })
    return (Float(centre), Float(variance.squareRoot()))
  }

  private static func threshold(
    _ rule: UnknownRule, _ evidence: UnknownEvidence, _ own: HeldOutMeasures, _ regression: Matrix?,
    _ background: Matrix?
  ) -> Float {
    let usable = evidence.heldOut.usable
    let known = usable.map { row in rule.score { own.value($0, row) } }.sorted()
    // Of shots that hardly differ, all held-out scores are nearly the same.
    let refused = min(Calibration.quantile(known, Double(evidence.recipe.refusedShare)), -1.5)
    if let background, let regression, background.rows > 1 {
      let (scores, cosines) = evidence.scored(evidence.shots.background)
      let measures = UnknownMeasures(
        rule, rows: evidence.shots.background, dimension: evidence.shots.dimension)
      let among = background.timesTransposed(background, isSymmetric: true)
      let strangers = (0..<background.rows).map { row in
        rule.score { measure in
          switch measure {
          case .foreground: -regression[row, regression.columns - 1]
          case .likeness: regression.elements(of: row).dropLast().max() ?? 0
          case .elsewhere:
            -((0..<background.rows).filter { $0 != row }.map { among[row, $0] }.max() ?? 0)
          default:
            measures.value(
              measure, row: row, scores: scores.elements(of: row), cosines: cosines.elements(of: row),
              temperature: evidence.temperature)
          }
        }
      }.sorted()
      let rate = evidence.recipe.falseAcceptRate ?? UnknownRecipe.usualFalseAcceptRate
      let accepted = Calibration.quantile(strangers, 1 - Double(rate))
      guard evidence.recipe.falseAcceptRate == nil else { return accepted }
      let most = Calibration.quantile(known, Double(evidence.recipe.greatestRefusedShare))
      return min(max(refused, accepted), most)
    }
    // The one class that is left of two would always be certain.
    let hasOthers = evidence.prototypes.counts.count > 2
    let foreign = hasOthers ? usable.map { row in rule.score { own.foreign($0, row) } }.sorted() : []
    if let rate = evidence.recipe.falseAcceptRate, hasOthers {
      return Calibration.quantile(foreign, 1 - Double(rate))
    }
    guard hasOthers else { return refused }
    let strange = Calibration.quantile(foreign, 1 - Double(evidence.recipe.refusedShare))
    return min(refused, (refused + strange) / 2)
  }
}

/// What a rule measures of every shot when it was not learned from it, and when its whole class was not there.
struct HeldOutMeasures {
  private let evidence: UnknownEvidence
  private let nearest: [Float]
  private let nearestForeign: [Float]
  private let elsewhere: [Float]
  private let regression: Matrix?

  init(_ evidence: UnknownEvidence, known: Matrix, background: Matrix?, regression: Matrix?) {
    self.evidence = evidence
    let samples = evidence.samples
    let among = known.timesTransposed(known, isSymmetric: true)
    var nearest: [Float] = []
    var foreign: [Float] = []
    for row in 0..<samples.count {
      var (best, other): (Float, Float) = (-1, -1)
      for column in 0..<samples.count where column != row {
        let shares = samples.groups[row] != nil && samples.groups[row] == samples.groups[column]
        let cosine = among[row, column]
        if !shares { best = max(best, cosine) }
        if samples.classOf[column] != samples.classOf[row] { other = max(other, cosine) }
      }
      nearest.append(best)
      foreign.append(other)
    }
    self.nearest = nearest
    nearestForeign = foreign
    elsewhere = background.map { known.timesTransposed($0).greatest.map { -$0 } } ?? []
    self.regression = regression
  }

  func value(_ measure: UnknownRule.Measure, _ row: Int) -> Float {
    let (scores, cosines) = (evidence.heldOut.scores, evidence.heldOut.cosines)
    switch measure {
    case .probability: return softmax(scores.elements(of: row), temperature: 1).max() ?? 0
    case .certainty: return UnknownMeasures.certainty(scores.elements(of: row), evidence.temperature)
    case .cosine: return cosines.elements(of: row).max() ?? 0
    case .nearest: return nearest[row]
    case .foreground: return regression.map { -$0[row, $0.columns - 1] } ?? 0
    case .likeness: return regression?.elements(of: row).dropLast().max() ?? 0
    case .elsewhere: return elsewhere[row]
    }
  }

  /// The same without the shot's class.
  func foreign(_ measure: UnknownRule.Measure, _ row: Int) -> Float {
    let place = evidence.heldOut.classOf[row]
    func others(_ matrix: Matrix) -> [Float] {
      var values = matrix.elements(of: row)
      values.remove(at: place)
      return values
    }
    switch measure {
    case .probability: return softmax(others(evidence.heldOut.scores), temperature: 1).max() ?? 0
    case .certainty: return UnknownMeasures.certainty(others(evidence.heldOut.scores), evidence.temperature)
    case .cosine: return others(evidence.heldOut.cosines).max() ?? 0
    case .nearest: return nearestForeign[row]
    case .likeness: return regression.map { others($0).dropLast().max() ?? 0 } ?? 0
    case .foreground, .elsewhere: return value(measure, row)
    }
  }
}

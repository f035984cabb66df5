internal import LinnetAlgebra

/// What a rule and its threshold are learned from.
struct UnknownEvidence {
  let recipe: UnknownRecipe
  let shots: Shots
  /// Of the shots; equal numbers are held out together.
  let groups: [Int?]
  let heldOut: HeldOutScores
  let prototypes: Prototypes
  /// What distances to classes are measured in.
  let comparison: EmbeddingTreatment
  /// The shots under that treatment, where they are there already.
  let compared: Matrix?
  /// The backbone's first block.
  let width: Int
  /// The part of an embedding by which pictures of the background are told.
  let backgroundPart: Range<Int>
  /// Where the backbone's maps are measured, when it taps any.
  let contrast: MapContrast?
  /// Embeddings of ``width`` numbers that stand for everything else.
  let pseudoBackground: [Float]
  /// How the head scores embeddings: the scores and the cosines to its class means.
  let scored: ([Float]) -> (scores: Matrix, cosines: Matrix)

  /// The compared part of the background's pictures, in the order in which they were shown; `nil` where there are none.
  var background: Matrix? {
    guard !shots.background.isEmpty else { return nil }
    return EmbeddingTreatment(blocks: [.init(range: backgroundPart)])
      .matrix(of: shots.background, dimension: shots.dimension)
  }
}

extension UnknownRule {
  /// A rule and its threshold, from how held-out shots fare; where too few can be held out, the plain rule.
  ///
  /// The weights were chosen once, on pairs of known and unknown pictures of many kinds, and hold for all heads. What
  /// differs from head to head, the means and deviations, comes from its own held-out shots.
  ///
  /// - Returns: beside them what the usable held-out shots score; none by the plain rule.
  static func learn(_ evidence: UnknownEvidence) -> (rule: UnknownRule, threshold: Float?, known: [Float]) {
    guard evidence.heldOut.suffice else {
      return (.plain, Calibration.unknownThreshold(evidence.heldOut, evidence.prototypes), [])
    }
    let background = evidence.background
    let fit = BackgroundRegression.fit(
      evidence.shots, groups: evidence.groups, pseudoBackground: evidence.pseudoBackground,
      width: evidence.width)
    let distances = ClassDistance.fit(
      evidence.shots, groups: evidence.groups, treatment: evidence.comparison, treated: evidence.compared)
    var rule = UnknownRule(terms: [])
    rule.distance = distances.distance
    rule.regression = fit?.regression
    rule.background = background.map {
      BackgroundPictures(
        part: evidence.backgroundPart, pictures: KnownShots($0.rows(at: evidence.shots.backgroundOrder)),
        neighbours: BackgroundPictures.usualNeighbours)
    }
    rule.contrast = evidence.contrast

    let own = HeldOutMeasures(
      evidence, nearness: distances.heldOut, background: background, regression: fit?.known)
    func term(_ measure: Measure, _ least: Float, weight: Float = 1, cap: Float? = nil) {
      let (mean, deviation) = moments(evidence.heldOut.usable.map { own.value(measure, $0) })
      // Of distances, whose unit is their own, a tenth.
      let least = measure == .nearness ? max(abs(mean) / 10, least) : least
      rule.terms.append(
        Term(measure: measure, mean: mean, deviation: max(deviation, least), weight: weight, cap: cap))
    }
    term(.score, 0.2)
    term(.nearness, 0.1, weight: 2.5)
    if fit != nil {
      term(.likeness, 0.02, weight: 1.5)
      term(.foreground, 0.02, weight: 2, cap: -1)
    }
    if let contrast = rule.contrast {
      term(.contrast, 0.05, cap: 0)
      if contrast.first != contrast.last { term(.rise, 0.05, cap: 2) }
    }
    if background != nil { term(.elsewhere, 0.01, weight: 1.5) }
    let known = evidence.heldOut.usable.map { row in rule.score { own.value($0, row) } }
    let sorted = KnownScores(known, classOf: evidence.heldOut.usable.map { evidence.heldOut.classOf[$0] })
    return (rule, threshold(rule, evidence, own, sorted, fit?.background, background), known)
  }

  /// Mean and deviation, from the least to the greatest so that the order does not matter.
  private static func moments(_ values: [Float]) -> (mean: Float, deviation: Float) {
    let values = values.sorted().map(Double.init)
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return (Float(mean), Float(variance.squareRoot()))
  }

  private static func threshold(
    _ rule: UnknownRule, _ evidence: UnknownEvidence, _ own: HeldOutMeasures, _ known: KnownScores,
    _ regression: Matrix?, _ background: Matrix?
  ) -> Float {
    let usable = evidence.heldOut.usable
    // Of shots that hardly differ, all held-out scores are nearly the same.
    let refused = min(known.quantile(Double(evidence.recipe.refusedShare)), -1.5)
    if let background, let regression, background.rows > 1 {
      let (scores, cosines) = evidence.scored(evidence.shots.background)
      var measures = UnknownMeasures(rule, count: background.rows, classCount: scores.columns)
      measures.take(evidence.shots.background, dimension: evidence.shots.dimension)
      let among = background.timesTransposed(background, isSymmetric: true)
      let strangers = (0..<background.rows).map { row in
        rule.score { measure in
          switch measure {
          case .foreground: -regression[row, regression.columns - 1]
          case .likeness: regression.greatest(row: row, count: regression.columns - 1) ?? 0
          case .elsewhere:
            -among.meanOfGreatest(BackgroundPictures.usualNeighbours, row: row, except: row)
          default: measures.value(measure, row: row, scores: scores, cosines: cosines)
          }
        }
      }.sorted()
      if let rate = evidence.recipe.falseAcceptRate {
        return Calibration.quantile(strangers, 1 - Double(rate))
      }
      let (mean, deviation) = moments(strangers)
      let accepted = mean + UnknownRecipe.usualDistance * deviation
      let most = known.quantile(Double(evidence.recipe.greatestRefusedShare))
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
  private let nearness: Matrix
  private let elsewhere: [Float]
  private let contrasts: [MapContrast.Measured]
  private let regression: Matrix?

  /// - Parameter nearness: n × classes.
  init(_ evidence: UnknownEvidence, nearness: Matrix, background: Matrix?, regression: Matrix?) {
    self.evidence = evidence
    self.nearness = nearness
    self.regression = regression
    elsewhere =
      background.map { background in
        EmbeddingTreatment(blocks: [.init(range: evidence.backgroundPart)])
          .matrix(of: evidence.shots.embeddings, dimension: evidence.shots.dimension)
          .timesTransposed(background)
      }.map { cosines in
        (0..<cosines.rows).map { -cosines.meanOfGreatest(BackgroundPictures.usualNeighbours, row: $0) }
      } ?? []
    contrasts =
      evidence.contrast.map { contrast in
        (0..<evidence.shots.count).map {
          contrast.measure(evidence.shots.embeddings, place: $0, dimension: evidence.shots.dimension)
        }
      } ?? []
  }

  func value(_ measure: UnknownRule.Measure, _ row: Int) -> Float {
    greatest(measure, row) { $0.elements(of: row) }
  }

  /// The same without the shot's class.
  func foreign(_ measure: UnknownRule.Measure, _ row: Int) -> Float {
    let place = evidence.heldOut.classOf[row]
    return greatest(measure, row) { matrix in
      var values = matrix.elements(of: row)
      values.remove(at: place)
      return values
    }
  }

  /// - Parameter classes: the numbers of the classes that are there, of a matrix with a column a class.
  private func greatest(
    _ measure: UnknownRule.Measure, _ row: Int, _ classes: (Matrix) -> [Float]
  ) -> Float {
    switch measure {
    case .probability: softmax(classes(evidence.heldOut.scores), temperature: 1).max() ?? 0
    case .score: classes(evidence.heldOut.scores).max() ?? 0
    case .cosine: classes(evidence.heldOut.cosines).max() ?? 0
    case .nearness: classes(nearness).max() ?? 0
    case .likeness: regression.map { classes($0).dropLast().max() ?? 0 } ?? 0
    case .foreground: regression.map { -$0[row, $0.columns - 1] } ?? 0
    case .elsewhere: elsewhere[row]
    case .contrast: contrasts[row].contrast
    case .rise: contrasts[row].rise
    }
  }
}

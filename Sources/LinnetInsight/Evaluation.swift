public import LinnetPipeline

/// How well heads do on pictures that they have not seen, over one or many episodes.
///
/// Figures of classes and accuracies are means over the episodes of what each gives by itself; counts, calibration and
/// scores pool the answers of all. The likeliest class is the answer, threshold for unknown or not.
public struct Evaluation: Sendable {
  /// Of what.
  public let contender: String
  public let classes: [String]
  /// What answers may be: the classes, then those that a head knows beyond them and gave as an answer.
  public let answers: [String]
  public let outcomes: [EpisodeOutcome]

  /// Mean recall of the classes that have a query.
  public let balancedAccuracy: MeanAndInterval
  /// Share of right answers.
  public let accuracy: MeanAndInterval
  public let macroPrecision: Double
  public let macroF1: Double
  /// Of each class; `nil` where no episode defines it.
  public let recall: [Double?]
  /// Mean over the episodes of the mean recall of the classes of so many shots, where episodes give classes unequal
  /// numbers; the fewest first, empty elsewhere.
  public let recallByShots: [(shots: Int, recall: Double)]
  public let precision: [Double?]
  public let f1: [Double?]
  /// Area under the receiver operating characteristic of the class against all others, by its probability.
  public let areaOfClass: [Double?]
  /// `confusion[truth][answer]` counts queries over all episodes.
  public let confusion: [[Int]]

  public let reliability: Reliability
  /// Mean over the episodes of the calibration error of each, which no other episode's errors can balance.
  public let expectedErrorOfAnEpisode: Double
  /// Mean over all answers of the squared distance of the probabilities from the truth, 0 … 2.
  public let brier: Double
  /// Share of the queries that the heads' thresholds call unknown.
  public let refusedShare: Double
  /// The same of each class; `nil` where no episode asks about it.
  public let refusedShareOfClass: [Double?]

  /// How well the open-set score tells the classes' pictures from others; `nil` without such.
  public let openSet: OpenSet?
  public let episodes: Int
  /// Shots a class and classes an episode, means where they differ.
  public let shots: Double
  public let ways: Double

  public struct OpenSet: Sendable {
    /// Means over the episodes.
    public var area: Double
    public var falsePositiveRate95: Double
    /// Share of the unknown pictures that the heads' thresholds accept.
    public var falseAcceptShare: Double
    /// Mean over the episodes of the share of the known that is accepted where 0, 1, … 100 % of the unknown is.
    public var curve: [Double]
  }

  /// Means over the episodes of the measures of the open-set score; `nil` without open-set pictures.
  public var auroc: Double? { openSet?.area }
  public var falsePositiveRate95: Double? { openSet?.falsePositiveRate95 }

  /// Puts together what episodes gave.
  ///
  /// - Parameter answers: names of what answers may be, the classes first.
  public init(
    _ outcomes: [EpisodeOutcome], contender: String, classes: [String], answers: [String], shots: Double,
    ways: Double
  ) throws(PipelineError) {
    self.contender = contender
    self.classes = classes
    let tables = outcomes.map { $0.confusion(classes: classes.count, answers: answers.count) }
    let measures = tables.map(ClassMeasures.init)
    let asked = zip(measures, outcomes).filter { !$1.answers.isEmpty }.map(\.0)
    guard let balanced = MeanAndInterval(asked.compactMap(\.balancedAccuracy)),
      let accuracy = MeanAndInterval(asked.map(\.accuracy))
    else { throw .noQueries }
    func means(_ values: (ClassMeasures) -> [Double?]) -> [Double?] {
      classes.indices.map { label in MeanAndInterval(asked.compactMap { values($0)[label] })?.mean }
    }
    macroPrecision = MeanAndInterval(asked.compactMap(\.macroPrecision))?.mean ?? 0
    macroF1 = MeanAndInterval(asked.compactMap(\.macroF1))?.mean ?? 0
    (recall, precision, f1) = (means(\.recall), means(\.precision), means(\.f1))
    recallByShots = Self.recallByShots(zip(measures, outcomes).map { ($0.recall, $1.shotsOfClass) })
    areaOfClass = classes.indices.map { label in
      MeanAndInterval(outcomes.compactMap { $0.areaOfClass.isEmpty ? nil : $0.areaOfClass[label] })?.mean
    }
    let counts = Self.sum(tables)
    let kept = answers.indices.filter { column in
      column < classes.count || counts.contains { $0[column] > 0 }
    }
    self.answers = kept.map { answers[$0] }
    confusion = counts.map { row in kept.map { row[$0] } }
    self.outcomes = kept.count == answers.count ? outcomes : Self.renumbered(outcomes, kept)
    // Of one episode only the chance of its queries is known, not that of its shots.
    balancedAccuracy =
      outcomes.count == 1 ? MeanAndInterval(mean: balanced.mean, ci95: Self.interval(of: counts)) : balanced
    let queries = outcomes.reduce(0) { $0 + $1.answers.count }
    self.accuracy =
      outcomes.count == 1
      ? MeanAndInterval(
        mean: accuracy.mean,
        ci95: 1.96 * (accuracy.mean * (1 - accuracy.mean) / Double(queries)).squareRoot())
      : accuracy
    reliability = Reliability(outcomes.flatMap(\.answers))
    expectedErrorOfAnEpisode =
      MeanAndInterval(outcomes.filter { !$0.answers.isEmpty }.map { Reliability($0.answers).expectedError })?
      .mean ?? 0
    brier = outcomes.reduce(0) { $0 + $1.squaredError } / Double(queries)
    refusedShare =
      Double(outcomes.reduce(0) { $0 + $1.answers.count(where: \.isUnknown) }) / Double(queries)
    var refused = [(unknown: Int, all: Int)](repeating: (0, 0), count: classes.count)
    for answer in outcomes.lazy.flatMap(\.answers) {
      refused[Int(answer.truth)].all += 1
      refused[Int(answer.truth)].unknown += answer.isUnknown ? 1 : 0
    }
    refusedShareOfClass = refused.map { $0.all > 0 ? Double($0.unknown) / Double($0.all) : nil }
    openSet = OpenSet(outcomes)
    episodes = outcomes.count
    self.shots = shots
    self.ways = ways
  }

  private static func recallByShots(_ episodes: [(recall: [Double?], shots: [Int])]) -> [(Int, Double)] {
    var means: [Int: [Double]] = [:]
    for (recall, shots) in episodes {
      let numbers = Set(shots).subtracting([0])
      guard numbers.count > 1 else { continue }
      for number in numbers {
        let recalls = shots.indices.filter { shots[$0] == number }.compactMap { recall[$0] }
        if let mean = MeanAndInterval(recalls)?.mean { means[number, default: []].append(mean) }
      }
    }
    return means.keys.sorted().map { ($0, MeanAndInterval(means[$0] ?? [])?.mean ?? 0) }
  }

  private static func sum(_ tables: [[[Int]]]) -> [[Int]] {
    var result = tables[0]
    for table in tables.dropFirst() {
      for (truth, row) in table.enumerated() {
        for (answer, number) in row.enumerated() { result[truth][answer] += number }
      }
    }
    return result
  }

  /// Answers beyond the classes that no query was given are left out; the others move up.
  private static func renumbered(_ outcomes: [EpisodeOutcome], _ kept: [Int]) -> [EpisodeOutcome] {
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { (Int32($1), Int32($0)) })
    return outcomes.map { outcome in
      var outcome = outcome
      for place in outcome.answers.indices {
        outcome.answers[place].answer = places[outcome.answers[place].answer]!
      }
      return outcome
    }
  }

  /// Half the width of the 95 % interval of a mean of recalls, each a share of so many queries.
  private static func interval(of counts: [[Int]]) -> Double {
    let measures = ClassMeasures(confusion: counts)
    var (variance, number) = (0.0, 0.0)
    for (row, recall) in zip(counts, measures.recall) {
      guard let recall else { continue }
      variance += recall * (1 - recall) / Double(row.reduce(0, +))
      number += 1
    }
    return number == 0 ? 0 : 1.96 * variance.squareRoot() / number
  }
}

extension Evaluation.OpenSet {
  init?(_ outcomes: [EpisodeOutcome]) {
    var (areas, rates, curves) = ([Double](), [Double](), [[Double]]())
    for outcome in outcomes {
      let known = outcome.answers.map(\.openSetScore)
      guard let area = OpenSetMeasure.auroc(known: known, unknown: outcome.unknownScores),
        let rate = OpenSetMeasure.falsePositiveRate95(known: known, unknown: outcome.unknownScores),
        let curve = ReceiverOperating.curve(known: known, unknown: outcome.unknownScores)
      else { continue }
      areas.append(area)
      rates.append(rate)
      curves.append(curve)
    }
    guard let area = MeanAndInterval(areas), let rate = MeanAndInterval(rates) else { return nil }
    self.area = area.mean
    falsePositiveRate95 = rate.mean
    let unknown = outcomes.reduce(0) { $0 + $1.unknownScores.count }
    falseAcceptShare = Double(outcomes.reduce(0) { $0 + $1.acceptedUnknown }) / Double(unknown)
    curve = curves[0].indices.map { step in
      curves.reduce(0) { $0 + $1[step] } / Double(curves.count)
    }
  }
}

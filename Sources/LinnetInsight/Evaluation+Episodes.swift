internal import LinnetAlgebra
public import LinnetHead
public import LinnetPipeline

extension Evaluation {
  /// Embeddings that episodes draw on.
  public struct Material: Sendable {
    public var folder: PictureFolder
    /// Those of `folder.items`.
    public var embeddings: [[Float]]
    /// Those of pictures that show none of the classes.
    public var openSet: [[Float]]
    /// So many of these, drawn anew for every episode, are shown to the heads as background; the others are asked.
    public var backgroundCount: Int

    public init(
      folder: PictureFolder, embeddings: [[Float]], openSet: [[Float]] = [], backgroundCount: Int = 0
    ) {
      self.folder = folder
      self.embeddings = embeddings
      self.openSet = openSet
      self.backgroundCount = min(backgroundCount, openSet.count)
    }

    /// The places of the background pictures of an episode, and of those that are asked.
    func openSet(of episode: Int) -> (background: ArraySlice<Int>, asked: ArraySlice<Int>) {
      var order = Array(openSet.indices)
      var generator = SplitMix(seed: UInt64(episode))
      generator.choose(backgroundCount, of: &order)
      return (order[..<backgroundCount], order[backgroundCount...])
    }
  }

  /// Learns and asks every episode, on several threads; the result does not depend on their number.
  public init(
    _ episodes: [Episode], of material: Material, contender: Contender, threads: Int,
    progress: (Int) -> Void = { _ in }
  ) throws(PipelineError) {
    let folder = material.folder
    let answers = folder.classes + contender.classes.filter { !folder.classes.contains($0) }
    let places = Dictionary(uniqueKeysWithValues: answers.enumerated().map { ($1, $0) })
    var outcomes: [EpisodeOutcome] = []
    var failure: PipelineError?
    inParallel(
      count: episodes.count, threads: threads, state: {},
      work: { _, index in outcome(of: episodes[index], index, material, contender, places) },
      deliver: { index, result in
        switch result {
        case .success(let outcome): outcomes.append(outcome)
        case .failure(let error): failure = failure ?? error
        }
        progress(index + 1)
      })
    if let failure { throw failure }
    guard !outcomes.isEmpty else { throw .noQueries }
    let waysOfEach = episodes.map { Set($0.shots.map { folder.items[$0].label }).count }
    let classCount = waysOfEach.reduce(0, +)
    try self.init(
      outcomes, contender: contender.name, classes: folder.classes, answers: answers,
      shots: classCount == 0 ? 0 : Double(episodes.reduce(0) { $0 + $1.shots.count }) / Double(classCount),
      ways: Double(classCount) / Double(episodes.count))
  }

  /// Learns every episode by `method` and asks it.
  public init(
    _ episodes: [Episode], of material: Material, method: HeadMethod, backbone: BackboneIdentity,
    threads: Int, progress: (Int) -> Void = { _ in }
  ) throws(PipelineError) {
    try self.init(
      episodes, of: material, contender: Contender(HeadRecipe(method), backbone: backbone), threads: threads,
      progress: progress)
  }
}

private func outcome(
  of episode: Episode, _ index: Int, _ material: Evaluation.Material, _ contender: Contender,
  _ places: [String: Int]
) -> Result<EpisodeOutcome, PipelineError> {
  let folder = material.folder
  do throws(HeadError) {
    let openSet = material.openSet(of: index)
    var shots = try shots(of: episode, material)
    for place in openSet.background { try shots.appendBackground(material.openSet[place]) }
    let head = try contender.head(of: shots)
    let together =
      contender.isTransductive
      ? head.decide(together: episode.queries.flatMap { material.embeddings[$0] }, shots: shots) : []
    // Few at a time, so that no copy of all embeddings is made.
    var answers: [Answer] = []
    var squaredError = 0.0
    var probabilities = [[Float]](repeating: [], count: folder.classes.count)
    for batch in stride(from: 0, to: episode.queries.count, by: 256) {
      let queries = episode.queries[batch..<min(batch + 256, episode.queries.count)]
      let decisions =
        contender.isTransductive
        ? Array(together[queries.indices]) : head.decide(rows: queries.flatMap { material.embeddings[$0] })
      for (query, decision) in zip(queries, decisions) {
        let truth = folder.items[query].label
        answers.append(answer(decision, query, truth, places))
        squaredError += error(decision, truth, places)
        for ranked in decision.ranked {
          if let place = places[ranked.label], place < probabilities.count {
            probabilities[place].append(ranked.confidence)
          }
        }
      }
    }
    let unknown = head.decide(rows: openSet.asked.flatMap { material.openSet[$0] }, top: 1)
    return .success(
      EpisodeOutcome(
        answers: answers, unknownScores: unknown.map(\.openSetScore),
        acceptedUnknown: unknown.count { !$0.isUnknown }, threshold: head.unknownThreshold,
        squaredError: squaredError,
        areaOfClass: probabilities.enumerated().map { area(of: $0, $1, answers) },
        shotsOfClass: folder.classes.indices.map { label in
          episode.shots.count { folder.items[$0].label == label }
        }))
  } catch {
    return .failure(.head(error))
  }
}

private func shots(of episode: Episode, _ material: Evaluation.Material) throws(HeadError) -> Shots {
  let items = material.folder.items
  let present = Set(episode.shots.map { items[$0].label }).sorted()
  var shots = try Shots(
    dimension: material.embeddings[0].count, classes: present.map { material.folder.classes[$0] })
  for place in episode.shots {
    try shots.append(
      material.embeddings[place], class: present.firstIndex(of: items[place].label)!,
      group: items[place].group)
  }
  return shots
}

private func answer(_ decision: Decision, _ query: Int, _ truth: Int, _ places: [String: Int]) -> Answer {
  let likeliest = decision.ranked[0]
  return Answer(
    picture: query, truth: truth, answer: places[likeliest.label]!, confidence: likeliest.confidence,
    truthConfidence: decision.ranked.first { places[$0.label] == truth }?.confidence ?? 0,
    openSetScore: decision.openSetScore, isUnknown: decision.isUnknown)
}

/// The squared distance of the probabilities from the truth.
private func error(_ decision: Decision, _ truth: Int, _ places: [String: Int]) -> Double {
  var (sum, knowsTruth) = (0.0, false)
  for ranked in decision.ranked {
    let isTruth = places[ranked.label] == truth
    knowsTruth = knowsTruth || isTruth
    let distance = Double(ranked.confidence) - (isTruth ? 1 : 0)
    sum += distance * distance
  }
  return knowsTruth ? sum : sum + 1
}

/// How well the probability of a class tells its queries from the others.
private func area(of label: Int, _ probabilities: [Float], _ answers: [Answer]) -> Double? {
  guard probabilities.count == answers.count else { return nil }
  var (own, others) = ([Float](), [Float]())
  for (probability, answer) in zip(probabilities, answers) {
    if Int(answer.truth) == label { own.append(probability) } else { others.append(probability) }
  }
  return OpenSetMeasure.auroc(known: own, unknown: others)
}

public import LinnetHead
public import LinnetPipeline

/// How well heads learned from a few shots do on pictures that they have not seen, over many episodes.
public struct Evaluation: Sendable {
  /// Mean over episodes of the mean recall of the classes that have a query; the best class counts, threshold or not.
  public var balancedAccuracy: MeanAndInterval
  public let classes: [String]
  /// Recall of each class, mean over the episodes that have a query of it; `nil` where none has.
  public var recall: [Double?]
  /// `confusion[truth][answer]` counts queries over all episodes.
  public var confusion: [[Int]]
  /// Means over the episodes of the measures of the open-set score; `nil` without open-set pictures.
  public var auroc: Double?
  public var falsePositiveRate95: Double?
  public var episodes: Int
  /// Shots a class and classes an episode, means where they differ.
  public var shots: Double
  public var ways: Double

  /// Embeddings that episodes draw on.
  public struct Material: Sendable {
    public var folder: PictureFolder
    /// Those of `folder.items`.
    public var embeddings: [[Float]]
    /// Those of pictures that show none of the classes.
    public var openSet: [[Float]]

    public init(folder: PictureFolder, embeddings: [[Float]], openSet: [[Float]] = []) {
      self.folder = folder
      self.embeddings = embeddings
      self.openSet = openSet
    }
  }

  /// Learns and asks every episode, on several threads; the result does not depend on their number.
  public init(
    _ episodes: [Episode], of material: Material, method: HeadMethod, backbone: BackboneIdentity,
    threads: Int, progress: (Int) -> Void = { _ in }
  ) throws(PipelineError) {
    let count = material.folder.classes.count
    var outcomes: [EpisodeOutcome] = []
    var failure: PipelineError?
    inParallel(
      count: episodes.count, threads: threads, state: {},
      work: { _, index in outcome(of: episodes[index], material, method, backbone) },
      deliver: { index, result in
        switch result {
        case .success(let outcome): outcomes.append(outcome)
        case .failure(let error): failure = failure ?? error
        }
        progress(index + 1)
      })
    if let failure { throw failure }
    guard let accuracy = MeanAndInterval(outcomes.compactMap(\.balancedAccuracy)) else { throw .noQueries }
    balancedAccuracy = accuracy
    classes = material.folder.classes
    recall = (0..<count).map { label in MeanAndInterval(outcomes.compactMap { $0.recall(label) })?.mean }
    confusion = outcomes.reduce(into: Array(repeating: Array(repeating: 0, count: count), count: count)) {
      for (truth, row) in $1.confusion.enumerated() {
        for (answer, number) in row.enumerated() { $0[truth][answer] += number }
      }
    }
    auroc = MeanAndInterval(outcomes.compactMap(\.auroc))?.mean
    falsePositiveRate95 = MeanAndInterval(outcomes.compactMap(\.falsePositiveRate95))?.mean
    self.episodes = episodes.count
    let waysOfEach = episodes.map { Set($0.shots.map { material.folder.items[$0].label }).count }
    ways = Double(waysOfEach.reduce(0, +)) / Double(episodes.count)
    shots = Double(episodes.reduce(0) { $0 + $1.shots.count }) / Double(waysOfEach.reduce(0, +))
  }
}

/// What one episode gave.
private struct EpisodeOutcome: Sendable {
  var confusion: [[Int]]
  var auroc: Double?
  var falsePositiveRate95: Double?

  func recall(_ label: Int) -> Double? {
    let all = confusion[label].reduce(0, +)
    return all == 0 ? nil : Double(confusion[label][label]) / Double(all)
  }

  var balancedAccuracy: Double? { MeanAndInterval(confusion.indices.compactMap(recall))?.mean }
}

private func outcome(
  of episode: Episode, _ material: Evaluation.Material, _ method: HeadMethod, _ backbone: BackboneIdentity
) -> Result<EpisodeOutcome, PipelineError> {
  let items = material.folder.items
  let present = Set(episode.shots.map { items[$0].label }).sorted()
  do throws(HeadError) {
    var shots = try Shots(
      dimension: material.embeddings[0].count, classes: present.map { material.folder.classes[$0] })
    for place in episode.shots {
      try shots.append(material.embeddings[place], class: present.firstIndex(of: items[place].label)!)
    }
    let head = try Head.train(method, shots: shots, backbone: backbone)
    let count = material.folder.classes.count
    var result = EpisodeOutcome(confusion: Array(repeating: Array(repeating: 0, count: count), count: count))
    let answers = head.decide(rows: episode.queries.flatMap { material.embeddings[$0] }, top: 1)
    for (place, answer) in zip(episode.queries, answers) {
      result.confusion[items[place].label][present[answer.ranked[0].index]] += 1
    }
    if !material.openSet.isEmpty {
      let known = answers.map(\.openSetScore)
      let unknown = head.decide(rows: material.openSet.flatMap { $0 }, top: 1).map(\.openSetScore)
      result.auroc = OpenSetMeasure.auroc(known: known, unknown: unknown)
      result.falsePositiveRate95 = OpenSetMeasure.falsePositiveRate95(known: known, unknown: unknown)
    }
    return .success(result)
  } catch {
    return .failure(.head(error))
  }
}

internal import LinnetAlgebra
public import LinnetDomain
public import LinnetHead
public import LinnetPipeline

/// How heads learned from one folder do on the pictures of another: as they are, and adapted without its labels.
public struct DomainEvaluation: Sendable {
  /// A folder with its embeddings.
  public struct World: Sendable {
    public var folder: PictureFolder
    public var embeddings: [[Float]]

    public init(folder: PictureFolder, embeddings: [[Float]]) {
      self.folder = folder
      self.embeddings = embeddings
    }
  }

  /// What one method gave.
  public struct Outcome: Sendable {
    public var method: DomainMethod
    /// The mean recall of the classes that have frames.
    public var balancedAccuracy: Double
    /// In the order of ``DomainEvaluation/classes``; `nil` for a class without frames.
    public var recall: [Double?]
  }

  /// The classes of the shots.
  public let classes: [String]
  public let shots: Int
  /// Shots from among the frames.
  public let labelled: Int
  /// Of every class.
  public let frames: [Int]
  /// Frames of classes that have no shots, which are not asked about.
  public let strangers: Int
  public let outcomes: [Outcome]
  /// What is chosen without labels, and how that does.
  public let choice: DomainChoice?
  public let chosen: Outcome?

  /// - Parameters:
  ///   - mix: proportions of the frames of the classes in turn, the last for all that follow, 0 for none; of each class as
  ///     many frames as these allow are drawn by `seed`. `nil`: all frames.
  ///   - labelled: so many frames of each class, drawn by `seed`, are shots as well, and not asked about.
  ///   - methods: to be tried.
  ///   - chooses: whether to choose as well.
  public init(
    shots world: World, frames other: World, mix: [Int]? = nil, labelled labelledCount: Int = 0,
    seed: UInt64 = 0, methods: [DomainMethod],
    chooses: Bool, recipe: HeadRecipe, backbone: BackboneIdentity, threads: Int
  ) throws(DomainError) {
    classes = world.folder.classes
    let names = classes
    let placeOf = other.folder.classes.map { name in names.firstIndex { $0 == name } }
    var asked = other.folder.items.indices.filter { placeOf[other.folder.items[$0].label] != nil }
    guard !asked.isEmpty else { throw .noClassInCommon }
    strangers = other.folder.items.count - asked.count
    let truthOf = other.folder.items.map { placeOf[$0.label] ?? -1 }
    let taken = labelledCount > 0 ? Set(DomainEvaluation.take(labelledCount, of: asked, truthOf, seed)) : []
    asked.removeAll(where: taken.contains)
    guard !asked.isEmpty else { throw .noFrames }
    if let mix { asked = DomainEvaluation.draw(asked, truthOf, names.count, mix, seed) }
    let truth = asked.map { truthOf[$0] }
    let dimension = world.embeddings.first?.count ?? 1
    var frames = Frames(dimension: dimension)
    for place in asked { try frames.append(other.embeddings[place]) }
    let shots = try DomainEvaluation.shots(world, dimension)
    self.shots = shots.count
    let labelled = try DomainEvaluation.shots(other, taken.sorted(), names, truthOf, dimension)
    self.labelled = labelled?.count ?? 0
    let adapter = try DomainAdapter(
      shots: shots, frames: frames, labelled: labelled, backbone: backbone, recipe: recipe)
    self.frames = truth.reduce(into: [Int](repeating: 0, count: names.count)) { $0[$1] += 1 }
    var outcomes: [Outcome] = []
    var failure: DomainError?
    var choice: DomainChoice?
    let work: [DomainMethod?] = (chooses ? [nil] : []) + methods
    inParallel(
      count: work.count, threads: threads, state: {},
      work: { _, index -> Result<(Head, DomainChoice?), DomainError> in
        do throws(DomainError) {
          if let method = work[index] { return .success((try adapter.adapt(by: method), nil)) }
          let choice = try adapter.choose()
          return .success((choice.head, choice))
        } catch {
          return .failure(error)
        }
      },
      deliver: { index, result in
        switch result {
        case .success(let (head, chosen)):
          choice = choice ?? chosen
          outcomes.append(
            DomainEvaluation.outcome(head, work[index] ?? choice!.method, frames, truth, names.count))
        case .failure(let error): failure = failure ?? error
        }
      })
    if let failure { throw failure }
    self.choice = choice
    chosen = chooses ? outcomes.removeFirst() : nil
    self.outcomes = outcomes
  }
}

extension DomainEvaluation {
  private static func shots(_ world: World, _ dimension: Int) throws(DomainError) -> Shots {
    do throws(HeadError) {
      var shots = try Shots(dimension: dimension, classes: world.folder.classes)
      for (item, embedding) in zip(world.folder.items, world.embeddings) {
        try shots.append(embedding, class: item.label, group: item.group)
      }
      return shots
    } catch {
      throw .head(error)
    }
  }

  /// Of the frames' world, with the classes of the shots; `nil` of none.
  private static func shots(
    _ world: World, _ places: [Int], _ names: [String], _ truthOf: [Int], _ dimension: Int
  ) throws(DomainError) -> Shots? {
    guard !places.isEmpty else { return nil }
    do throws(HeadError) {
      var shots = try Shots(dimension: dimension, classes: names)
      for place in places { try shots.append(world.embeddings[place], class: truthOf[place]) }
      return shots
    } catch {
      throw .head(error)
    }
  }

  /// So many of every class.
  private static func take(_ count: Int, of asked: [Int], _ truthOf: [Int], _ seed: UInt64) -> [Int] {
    var random = SplitMix(seed: seed)
    return Set(asked.map { truthOf[$0] }).sorted().flatMap { label in
      var members = asked.filter { truthOf[$0] == label }
      random.choose(min(count, members.count), of: &members)
      return members.prefix(count)
    }
  }

  private static func draw(
    _ asked: [Int], _ truthOf: [Int], _ classCount: Int, _ mix: [Int], _ seed: UInt64
  ) -> [Int] {
    var members = [[Int]](repeating: [], count: classCount)
    for place in asked { members[truthOf[place]].append(place) }
    let shares = members.indices.map { Double(mix[min($0, mix.count - 1)]) }
    let drawable = members.indices.filter { !members[$0].isEmpty && shares[$0] > 0 }
    let unit = drawable.map { Double(members[$0].count) / shares[$0] }.min() ?? 0
    var random = SplitMix(seed: seed)
    var drawn: [Int] = []
    for place in drawable {
      let count = min(max(Int((shares[place] * unit).rounded()), 1), members[place].count)
      random.choose(count, of: &members[place])
      drawn += members[place][..<count].sorted()
    }
    return drawn.sorted()
  }

  private static func outcome(
    _ head: Head, _ method: DomainMethod, _ frames: Frames, _ truth: [Int], _ classCount: Int
  ) -> Outcome {
    var right = [Double](repeating: 0, count: classCount)
    var all = right
    for (answer, place) in zip(head.decide(rows: frames.embeddings, top: 1), truth) {
      all[place] += 1
      if answer.ranked[0].index == place { right[place] += 1 }
    }
    let recall = (0..<classCount).map { all[$0] > 0 ? right[$0] / all[$0] : nil }
    let known = recall.compactMap { $0 }
    return Outcome(
      method: method, balancedAccuracy: known.reduce(0, +) / Double(max(known.count, 1)), recall: recall)
  }
}

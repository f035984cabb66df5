internal import LinnetAlgebra
public import LinnetHead

/// Learns heads from shots of one world for frames of another.
///
/// Every method moves the shots into the frames' world, or gives frames labels, or both, and learns an ordinary head from
/// that, whose treatment carries the frames' moments: it runs without the frames, and as fast as any.
public final class DomainAdapter: Sendable {
  /// Fewer frames show too little of a world.
  public static let fewestFrames = 8
  /// More frames, and more shots where labels are guessed, are thinned out evenly: they show no more.
  public static let sampleLimit = 1024

  /// The head as the shots make it, and labelled frames where there are any.
  public let plain: Head

  let shots: Shots
  let frames: Frames
  private let labelled: Shots?
  private let backbone: BackboneIdentity
  private let recipe: HeadRecipe
  private let support: TrainingSupport
  private let blocks: [EmbeddingTreatment.Block]

  /// - Parameters:
  ///   - recipe: how heads are learned; of its treatment the blocks are kept.
  ///   - labelled: shots of the frames' world, of some of the same classes; in each of these they count together as much as
  ///     its other shots.
  public init(
    shots: Shots, frames: Frames, labelled: Shots? = nil, backbone: BackboneIdentity,
    recipe: HeadRecipe = .init(.logistic), support: TrainingSupport = .init()
  ) throws(DomainError) {
    guard frames.count > 0 else { throw .noFrames }
    for label in labelled?.classes ?? [] where !shots.classes.contains(label) {
      throw .withoutShots(label: label)
    }
    guard frames.dimension == shots.dimension else {
      throw .wrongDimension(expected: shots.dimension, actual: frames.dimension)
    }
    do throws(HeadError) {
      plain = try Head.train(
        recipe, shots: try labelled?.joined(to: shots) ?? shots, backbone: backbone,
        support: support)
    } catch {
      throw .head(error)
    }
    guard shots.classes.count > 1 else { throw .oneClass(shots.classes[0]) }
    self.shots = shots
    self.frames = frames.thinned(to: DomainAdapter.sampleLimit)
    self.labelled = labelled
    self.backbone = backbone
    self.recipe = recipe
    self.support = support
    blocks = DomainAdapter.blocks(of: plain.treatment, backbone: backbone, dimension: shots.dimension)
    guard !isConstant(shots.embeddings) else { throw .constant(what: "shots") }
    guard frames.count == 1 || !isConstant(frames.embeddings) else { throw .constant(what: "frames") }
  }

  /// The head by one method.
  public func adapt(by method: DomainMethod) throws(DomainError) -> Head {
    guard method != .none else { return plain }
    guard frames.count >= DomainAdapter.fewestFrames else {
      throw .tooFewFrames(has: frames.count, needed: DomainAdapter.fewestFrames)
    }
    let domains = domains
    switch method {
    case .none: return plain
    case .moments: return try learn(domains, moved: momentsMoved(domains))
    case .coral:
      return try learn(
        domains, moved: domains.correlationAligned(Moments(domains.source), Moments(domains.target)),
        keepingDeviation: false)
    case .subspace:
      return try learn(
        domains, moved: domains.subspaceAligned(Moments(domains.source), Moments(domains.target)),
        keepingDeviation: false)
    case .weights: return try weighted(domains)
    case .adversarial: return try learn(domains, moved: adversariallyMoved(domains))
    case .selfTraining, .propagation, .balanced, .relaxed:
      return try learn(domains, moved: momentsMoved(domains), labels: labels(by: method, domains))
    }
  }

  /// The classes of the frames, one each, by a method that labels them.
  func labels(by method: DomainMethod, _ domains: Domains) -> [Int] {
    switch method {
    case .selfTraining: Assignment.labels(teaching(domains, strength: 5).selfTrained())
    case .propagation: Assignment.labels(propagated(domains))
    case .balanced: Assignment.labels(balanced(domains))
    case .relaxed: Assignment.labels(relaxed(domains, neighbourhood(domains)))
    default: plain.decide(rows: frames.embeddings, top: 1).map { $0.ranked[0].index }
    }
  }

  /// The parts of an embedding that a head reads, each once, square-rooted; of one with a learned metric, the first block.
  private static func blocks(
    of treatment: EmbeddingTreatment, backbone: BackboneIdentity, dimension: Int
  ) -> [EmbeddingTreatment.Block] {
    var blocks: [EmbeddingTreatment.Block] = []
    for block in treatment.prior == nil ? treatment.blocks : [] {
      guard !blocks.contains(where: { $0.range.overlaps(block.range) }) else { continue }
      blocks.append(.init(range: block.range, weight: block.weight, power: .squareRoot))
    }
    if blocks.isEmpty {
      blocks = [.init(range: 0..<min(backbone.blocks.first ?? dimension, dimension), power: .squareRoot)]
    }
    return blocks
  }

  var domains: Domains { Domains(shots, frames, treatment: Domains.rooted(blocks)) }

  private func isConstant(_ rows: [Float]) -> Bool {
    let dimension = shots.dimension
    return (1..<max(rows.count / dimension, 1)).allSatisfy { row in
      rows[row * dimension..<(row + 1) * dimension] == rows[..<dimension]
    }
  }
}

extension DomainAdapter {
  /// Equal parts for all classes: on fourth roots, classifiers close to class means; with a shot or two a class, on square
  /// roots, classifiers that heed the frames' covariance more.
  func balanced(_ domains: Domains) -> Matrix {
    let few = domains.hasFewShots
    return teaching(domains, strength: few ? 5 : 20, hasFourthRoots: !few).sharedOut(rounds: 4, hold: 1)
  }

  /// About equal parts, in which every kind of frame counts alike however many there are of it, joined with what the head as
  /// it is says: the product of both's probabilities. The head as it is counts as far as its labels are confirmed by the
  /// frames' neighbourhoods no worse than the others.
  ///
  /// - Parameter near: ``neighbourhood(_:)``.
  func relaxed(_ domains: Domains, _ near: Neighbourhood) -> Matrix {
    let classCount = domains.classCount
    let shared = teaching(domains, strength: 5, rarity: near.rarity).sharedOut(rounds: 6, hold: 0.5)
    let confirmed = near.structure(Assignment.labels(shared), classCount: classCount)
    var joined = Assignment.standardised(plainMatrix, weights: near.rarity)
    let plain = Neighbourhood(domains.target.normalised(), count: 7)
      .structure(Assignment.labels(joined), classCount: classCount)
    let none = [Float](repeating: 0, count: classCount)
    joined.scale(Float(min(max(plain / max(confirmed, 0.02), 0), 1)))
    joined = Assignment.softmax(joined, offsets: none)
    for place in 0..<joined.rows {
      for frame in 0..<joined.columns {
        let product = Double(max(joined[place, frame], 1e-12)) * (Double(shared[place, frame]) + 1e-6)
        joined[place, frame] = Float(logarithm(product))
      }
    }
    return Assignment.softmax(joined, offsets: none)
  }

  func propagated(_ domains: Domains) -> Matrix {
    let teaching = teaching(domains, strength: 5)
    let start = Assignment.softmax(
      teaching.scores(), offsets: [Float](repeating: 0, count: domains.classCount))
    return neighbourhood(domains).spread(start)
  }

  /// The frames' neighbours once their own moments are removed.
  func neighbourhood(_ domains: Domains) -> Neighbourhood {
    Neighbourhood(Moments(domains.target).standardised(domains.target).normalised(), count: 7)
  }

  /// Scores of the head as it is, class × frame.
  var plainMatrix: Matrix {
    Matrix(
      rows: frames.count, columns: shots.classes.count, dense: plain.scores(of: frames.embeddings)
    ).transposed
  }

  private func teaching(
    _ domains: Domains, strength: Float, hasFourthRoots: Bool = false, rarity: [Float]? = nil
  ) -> Teaching {
    let source = hasFourthRoots ? domains.source.rooted() : domains.source
    let target = hasFourthRoots ? domains.target.rooted() : domains.target
    let theirs = Moments(target, weights: rarity)
    let ours = domains.hasFewShots ? theirs : Moments(source)
    let number = min(shots.count, DomainAdapter.sampleLimit)
    let kept = (0..<number).map { $0 * shots.count / number }
    var samples = ours.standardised(source.selecting(kept)).normalised()
    var classOf = kept.map { domains.classOf[$0] }
    let balanced = domains.balancedWeights
    var weights = kept.map { balanced[$0] }
    if let labelled {
      let rows = domains.treatment.matrix(of: labelled.embeddings, dimension: labelled.dimension)
      let standardised = theirs.standardised(hasFourthRoots ? rows.rooted() : rows).normalised()
      samples = samples.appending(standardised)
      let places = labelled.classes.map { name in shots.classes.firstIndex { $0 == name }! }
      let counts = labelled.counts
      let mass = weights.reduce(0, +) / Float(domains.classCount)
      for place in labelled.classOf {
        classOf.append(places[place])
        weights.append(mass / Float(counts[place]))
      }
    }
    return Teaching(
      source: samples, classOf: classOf, weights: weights, classCount: domains.classCount,
      target: theirs.standardised(target).normalised(), rarity: rarity, strength: strength)
  }

  private func momentsMoved(_ domains: Domains) -> Matrix {
    guard !domains.hasFewShots else { return domains.source }
    return Moments(domains.target).restored(Moments(domains.source).standardised(domains.source))
  }

  private func adversariallyMoved(_ domains: Domains) -> Matrix {
    let theirs = Moments(domains.target)
    let ours = domains.hasFewShots ? theirs : Moments(domains.source)
    let shots = ours.standardised(domains.source)
    let map = AdversarialMap(
      source: shots, classOf: domains.classOf, weights: domains.balancedWeights,
      classCount: domains.classCount, target: theirs.standardised(domains.target))
    return theirs.restored(map.moved(shots))
  }

  private func weighted(_ domains: Domains) throws(DomainError) -> Head {
    let ratios = DomainClassifier.densityRatios(
      source: domains.source.normalised(), target: domains.target.normalised())
    return try train(
      recipe, embeddings: shots.embeddings, weights: ratios, labels: nil, source: "weights")
  }

  /// Learns from shots moved to rows of square roots, and from labelled frames.
  private func learn(
    _ domains: Domains, moved: Matrix, keepingDeviation: Bool = true, labels: [Int]? = nil
  ) throws(DomainError) -> Head {
    let moments = Moments(domains.target)
    var recipe = recipe
    recipe.treatment = EmbeddingTreatment(
      blocks: blocks, centre: moments.centre,
      deviation: keepingDeviation ? moments.deviation : nil)
    let share = Teaching.sourceShare * Float(frames.count) / Float(shots.count)
    return try train(
      recipe, embeddings: domains.embeddings(from: moved),
      weights: [Float](repeating: labels == nil ? 1 : share, count: shots.count), labels: labels,
      source: labels == nil ? "moved shots" : "labelled frames")
  }

  private func train(
    _ recipe: HeadRecipe, embeddings: [Float], weights: [Float], labels: [Int]?, source: String
  ) throws(DomainError) -> Head {
    let dimension = shots.dimension
    do throws(HeadError) {
      var all = try Shots(dimension: dimension, classes: shots.classes)
      for shot in 0..<shots.count {
        try all.append(
          Array(embeddings[shot * dimension..<(shot + 1) * dimension]), class: shots.classOf[shot],
          group: shots.groups[shot], weight: (shots.weights?[shot] ?? 1) * weights[shot])
      }
      for (frame, place) in (labels ?? []).enumerated() {
        try all.append(frames.embedding(of: frame), class: place)
      }
      for row in 0..<shots.backgroundCount {
        try all.appendBackground(Array(shots.background[row * dimension..<(row + 1) * dimension]))
      }
      if let labelled { all = try labelled.joined(to: all) }
      return try Head.train(recipe, shots: all, backbone: backbone, support: support)
    } catch {
      throw .head(error)
    }
  }
}

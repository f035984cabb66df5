internal import CLinux
internal import LinnetHead
internal import LinnetInsight
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetStore

extension Eval {
  /// The episodes that are asked for.
  func deal(_ pictures: PictureFolder) throws -> [Episode] {
    if head != nil { return [.queries(of: pictures)] }
    if let draws { return try read(draws, of: pictures) }
    let counts = shotsPerClass?.values ?? [shots ?? curve?.values.max() ?? 1]
    return try reporting {
      try Episode.deal(episodes ?? 100, counts: counts, ways: ways, seed: seed, of: pictures)
    }
  }

  /// The episodes of the file, as many as are asked for; beside it, --shots and --ways can only say the same.
  private func read(_ draws: String, of pictures: PictureFolder) throws -> [Episode] {
    let drawn = try reporting { try Episode.read(draws, of: pictures) }
    for episode in drawn {
      let counts = Dictionary(grouping: episode.shots) { pictures.items[$0].label }.mapValues(\.count)
      if let shots, !counts.values.allSatisfy({ $0 == shots }) {
        throw Failure(
          .usage, "\(draws) has episodes of other than \(shots) shots a class; leave --shots away")
      }
      if let ways, counts.count != ways {
        throw Failure(.usage, "\(draws) has episodes of other than \(ways) classes; leave --ways away")
      }
    }
    return Array(drawn.prefix(episodes ?? drawn.count))
  }

  /// What is evaluated, then what it is compared with, if anything.
  func contenders(
    _ embedder: PictureEmbedder, _ store: Store, of pictures: PictureFolder
  ) throws -> [Contender] {
    guard let head else {
      var support = try backbone.trainingSupport(embedder)
      support.earlier = try recipe.from.map { try HeadPlace.open($0, store: store, model: embedder.model) }
      var wanted = HeadRecipe(recipe.method(from: support.earlier) ?? Teacher.usualMethod)
      recipe.apply(to: &wanted, treatment: try recipe.treatment(over: embedder, support))
      let learned = Contender(
        wanted, backbone: embedder.backbone, support: support, isTransductive: transductive)
      let other = compare.flatMap(HeadMethod.init).map {
        Contender(HeadRecipe($0), backbone: embedder.backbone, support: support)
      }
      return [learned] + (other.map { [$0] } ?? [])
    }
    return try [head, compare].compactMap { $0 }.map { name in
      let opened = try HeadPlace.open(name, store: store, model: embedder.model)
      try reporting { try opened.checkBackbone(embedder.backbone) }
      if let stranger = pictures.classes.first(where: { !opened.classes.contains($0) }) {
        throw Failure(
          .failed,
          "the head “\(name)” knows no class “\(stranger)”, which \(pictures.path) has pictures of; "
            + "give those with --open-set, or ask another head")
      }
      return Contender(head: opened, name: name.split(separator: "/").last.map(String.init) ?? name)
    }
  }

  func embed(
    _ paths: [String], _ embedder: PictureEmbedder
  ) throws -> (embeddings: [[Float]], effort: EmbeddingEffort) {
    let progress = ProgressBar("embedding", total: paths.count)
    defer { progress.clear() }
    var effort = EmbeddingEffort()
    let start = linnet_monotonic_nanoseconds()
    let embeddings = try reporting {
      try embedder.embeddings(
        paths.map { .file($0) },
        observing: { index, outcome in
          if outcome.wasCached { effort.cached += 1 } else { effort.computed += 1 }
          progress.update(index + 1)
        })
    }
    effort.seconds = Double(linnet_monotonic_nanoseconds() - start) / 1e9
    return (embeddings, effort)
  }

  func evaluate(
    _ episodes: [Episode], _ material: Evaluation.Material, _ contender: Contender
  ) throws -> Evaluation {
    let progress = ProgressBar(head == nil ? "learning" : "asking", total: episodes.count)
    defer { progress.clear() }
    return try reporting {
      try Evaluation(episodes, of: material, contender: contender, threads: backbone.threadCount) {
        progress.update($0)
      }
    }
  }

  func learningCurve(
    _ shots: [Int], _ material: Evaluation.Material, _ contender: Contender
  ) throws -> LearningCurve {
    let episodes = episodes ?? 100
    let progress = ProgressBar("learning", total: episodes * Set(shots).count)
    defer { progress.clear() }
    return try reporting {
      try LearningCurve(
        shots, episodes: episodes, ways: ways, seed: seed, of: material, contender: contender,
        threads: backbone.threadCount
      ) { progress.update($0) }
    }
  }
}

internal import ArgumentParser
internal import CLinux
internal import LinnetHead
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure how well a few pictures of each class do.",
    discussion: """
      The folder holds a folder of pictures for each class. An episode learns a head from a few of them (the shots) and \
      asks it about all others. Where manifest.csv in the folder gives pictures a group (columns file and group), a \
      picture of the same group as a shot is not asked about. The figure is balanced accuracy: the mean of the \
      classes' recalls, averaged over episodes, with a 95 % confidence interval. No answer counts as unknown there; with \
      --open-set, auroc and fpr95 say how well the open-set score tells pictures of that folder from the classes'.

      Embeddings are cached in the store, so that a second run on the same pictures is much faster.

      EXAMPLES
        linnet eval pictures --shots 5 --episodes 100
        linnet eval pictures --shots 1 --ways 5 --method prototype
        linnet eval pictures --shots 5 --open-set other-things --json
        linnet eval pictures --draws episodes.jsonl

      A line of the file of --draws is an episode: {"shots": ["mug/1.jpg", …]}, paths from the folder.

      JSON: balanced_accuracy, ci95, recall (of each class), confusion (rows truth, columns answer, both in the \
      order of recall; counts over all episodes), auroc and fpr95 (null without --open-set), episodes, shots, ways, \
      images_per_second (files to embeddings).
      """)

  @Argument(help: "A folder with a folder of pictures a class.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Pictures of each class to learn from.", valueName: "k"))
  var shots: Int?

  @Option(help: ArgumentHelp("Episodes to average over.", valueName: "n"))
  var episodes: Int?

  @Option(help: ArgumentHelp("Classes an episode; all by default.", valueName: "w"))
  var ways: Int?

  @Option(help: ArgumentHelp("logistic or prototype.", valueName: "method"))
  var method = Teacher.usualMethod

  @Option(
    name: .customLong("open-set"),
    help: ArgumentHelp("Pictures of none of the classes.", valueName: "folder"), completion: .directory)
  var openSet: String?

  @Option(help: ArgumentHelp("Which episodes are dealt; one seed, the same episodes.", valueName: "s"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The episodes, a file of JSON lines, instead of dealing any; --episodes takes the first so many.",
      valueName: "file"),
    completion: .file())
  var draws: String?

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard draws != nil || shots != nil else { throw ValidationError("Give --shots, or --draws.") }
    guard (shots ?? 1) >= 1 else { throw ValidationError("--shots must be at least 1.") }
    guard (1...1_000_000).contains(episodes ?? 1) else {
      throw ValidationError("--episodes must be 1 to 1000000.")
    }
    guard (ways ?? 2) >= 2 else { throw ValidationError("--ways must be at least 2.") }
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

  func run() throws {
    let pictures = try reporting { try PictureFolder(folder) }
    let dealt =
      try draws.map { try read($0, of: pictures) }
      ?? reporting {
        try Episode.deal(episodes ?? 100, shots: shots ?? 1, ways: ways, seed: seed, of: pictures)
      }
    let others = try openSet.map { path in try reporting { try LinnetPipeline.pictures(at: path) } } ?? []
    let embedder = try backbone.openEmbedder(cachingIn: try place.open())
    let total = pictures.items.count + others.count
    let embedding = ProgressBar("embedding", total: total)
    let start = linnet_monotonic_nanoseconds()
    let embeddings = try reporting {
      try embedder.embeddings((pictures.items.map(\.path) + others).map { .file($0) }) {
        embedding.update($0)
      }
    }
    let seconds = Double(linnet_monotonic_nanoseconds() - start) / 1e9
    embedding.clear()
    let learning = ProgressBar("learning", total: dealt.count)
    let evaluation = try reporting {
      try Evaluation(
        dealt,
        of: .init(
          folder: pictures, embeddings: Array(embeddings[..<pictures.items.count]),
          openSet: Array(embeddings[pictures.items.count...])),
        method: method, backbone: embedder.backbone,
        threads: backbone.threadCount
      ) { learning.update($0) }
    }
    learning.clear()
    let output = Output()
    if json.isOn {
      output.line(Self.json(evaluation, imagesPerSecond: Double(total) / seconds))
    } else {
      report(evaluation, imagesPerSecond: Double(total) / seconds, output)
    }
  }

  private static func json(_ evaluation: Evaluation, imagesPerSecond: Double) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("balanced_accuracy", evaluation.balancedAccuracy.mean)
    writer.member("ci95", evaluation.balancedAccuracy.ci95)
    writer.key("recall")
    writer.beginObject()
    for (label, recall) in zip(evaluation.classes, evaluation.recall) { writer.member(label, recall) }
    writer.endObject()
    writer.key("confusion")
    writer.beginArray()
    for row in evaluation.confusion {
      writer.beginArray()
      for count in row { writer.value(count) }
      writer.endArray()
    }
    writer.endArray()
    writer.member("auroc", evaluation.auroc)
    writer.member("fpr95", evaluation.falsePositiveRate95)
    writer.member("episodes", evaluation.episodes)
    writer.number("shots", evaluation.shots)
    writer.number("ways", evaluation.ways)
    writer.member("images_per_second", imagesPerSecond)
    writer.endObject()
    return writer.text
  }

  private func report(_ evaluation: Evaluation, imagesPerSecond: Double, _ output: Output) {
    func number(_ value: Double) -> String { decimal(value, value == value.rounded() ? 0 : 1) }
    let matrix = ConfusionMatrix(labels: evaluation.classes, counts: evaluation.confusion)
    for line in matrix.lines(output) { output.line(line) }
    output.line()
    let accuracy = evaluation.balancedAccuracy
    output.line(
      "balanced accuracy \(output.bold(decimal(accuracy.mean, 3))) ± \(decimal(accuracy.ci95, 3))"
        + "  (\(evaluation.episodes) episodes, \(number(evaluation.shots)) shots, \(number(evaluation.ways)) ways, \(method.rawValue))"
    )
    if let auroc = evaluation.auroc, let rate = evaluation.falsePositiveRate95 {
      output.line(
        "known from unknown: AUROC \(output.bold(decimal(auroc, 3))), false positives at 95 % recall \(decimal(rate, 3))"
      )
    }
    output.line(output.dim("\(decimal(imagesPerSecond, 0)) images a second, file to embedding"))
  }
}

internal import ArgumentParser
internal import CLinux
internal import LinnetHead
internal import LinnetInsight
internal import LinnetPipeline

struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure how well a few pictures of each class do, or a head that is there.",
    discussion: """
      The folder holds a folder of pictures for each class. An episode learns a head from a few of them (the shots) and \
      asks it about all others. Where manifest.csv in the folder gives pictures a group (columns file and group), a \
      picture of the same group as a shot is not asked about. The figure is balanced accuracy: the mean of the \
      classes' recalls, averaged over episodes, with a 95 % confidence interval. No answer counts as unknown there; with \
      --open-set, auroc and fpr95 say how well the open-set score tells pictures of that folder from the classes'.

      With --head, nothing is learned: that head is asked about every picture of the folder.

      --compare names a method, or with --head another head: both answer the same queries, and a paired test says whether \
      the difference is more than chance (sign flips over episodes; McNemar's over the queries of two heads).

      --transductive answers all queries of an episode together: queries that lie close to each other help each other. \
      It suits batches (a day's pictures), not single frames.

      With --domain, every picture of the folder is a shot, and the other folder's are asked about, by the head as it is and \
      adapted to them without their labels in every way there is (linnet adapt --help).

      Embeddings are cached in the store, so that a second run on the same pictures is much faster.

      EXAMPLES
        linnet eval pictures --shots 5 --episodes 100 --html report.html
        linnet eval pictures --shots 1 --ways 5 --method prototype
        linnet eval pictures --shots 5 --open-set other-things --json
        linnet eval pictures --shots 5 --compare prototype
        linnet eval pictures --curve 1,2,5,10,20
        linnet eval pictures --shots-per-class 20,5,2
        linnet eval pictures --draws episodes.jsonl
        linnet eval pictures --head parts.head --compare parts-before.head
        linnet eval catalogue --domain shelf

      A line of the file of --draws is an episode: {"shots": ["mug/1.jpg", …]}, paths from the folder.

      JSON: balanced_accuracy, ci95, recall (of each class), confusion (rows truth, columns as in answers; counts \
      over all episodes), auroc and fpr95 (null without --open-set), episodes, shots, ways, images_per_second (computed \
      embeddings a second, from their files; null when all came from the cache), method, accuracy, macro_precision, \
      macro_f1, answers, precision, f1, class_auroc, calibration (ece, of_an_episode, brier, bins), refused (share of the queries called unknown), false_accepts and roc (of the \
      --open-set), comparison, curve, mistakes, recall_by_shots, refused_by_class, embeddings (computed, \
      cached, seconds for all). With --attributes or --vectors: balanced_accuracy, ci95, \
      chance, recall, folds, unseen (classes left out at a time), described.
      """)

  @Argument(help: "A folder with a folder of pictures a class.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Pictures of each class to learn from.", valueName: "k"))
  var shots: Int?

  @Option(
    name: .customLong("shots-per-class"),
    help: ArgumentHelp(
      "Numbers of shots, given out to the classes in turn, in another order each episode.", valueName: "k,k,…"
    ))
  var shotsPerClass: NumberList?

  @Option(
    help: ArgumentHelp(
      "Evaluate each of these numbers of shots; the figures are of --shots, or of the last.",
      valueName: "k,k,…"))
  var curve: NumberList?

  @Option(help: ArgumentHelp("Episodes to average over.", valueName: "n"))
  var episodes: Int?

  @Option(help: ArgumentHelp("Classes an episode; all by default.", valueName: "w"))
  var ways: Int?

  @Option(
    help: ArgumentHelp(
      "Ask this head, a file or one of the store's, instead of learning any.", valueName: "name or file"),
    completion: .file(extensions: ["head"]))
  var head: String?

  @Option(
    help: ArgumentHelp("Another method, or with --head another head, to compare with.", valueName: "other"))
  var compare: String?

  @Flag(help: "Answer the queries of an episode together, each helping the others.")
  var transductive = false

  @Option(
    name: .customLong("open-set"),
    help: ArgumentHelp("Pictures of none of the classes.", valueName: "folder"), completion: .directory)
  var openSet: String?

  @Option(
    name: .customLong("background"),
    help: ArgumentHelp(
      "So many pictures of --open-set, drawn for every episode, teach the background; the others are asked.",
      valueName: "n"))
  var backgroundCount: Int?

  @Option(help: ArgumentHelp("Which episodes are dealt; one seed, the same episodes.", valueName: "s"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "The episodes, a file of JSON lines, instead of dealing any; --episodes takes the first so many.",
      valueName: "file"),
    completion: .file())
  var draws: String?

  @Option(
    help: ArgumentHelp("Write a page with plots and the worst mistakes.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var described: DescribedOptions
  @OptionGroup var domain: DomainOptions
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    if domain.isGiven { return }
    let learns = shots != nil || shotsPerClass != nil || draws != nil || curve != nil
    guard learns || head != nil || described.isGiven else {
      throw ValidationError("Give --shots, --shots-per-class, --curve or --draws; or --head.")
    }
    guard !described.isGiven || !(learns || head != nil || asksMore || recipe.isGiven) else {
      throw ValidationError(
        "With --attributes or --vectors nothing is learned from shots: --unseen, --episodes and --seed alone go with it."
      )
    }
    guard head == nil || !(learns || ways != nil || episodes != nil || transductive) else {
      throw ValidationError(
        "With --head nothing is learned: no shots, draws, ways, episodes or --transductive.")
    }
    guard [shots != nil, shotsPerClass != nil].count(where: { $0 }) < 2 else {
      throw ValidationError("--shots and --shots-per-class exclude each other.")
    }
    guard draws == nil || (shotsPerClass == nil && curve == nil) else {
      throw ValidationError("--draws says the shots: no --shots-per-class and no --curve beside it.")
    }
    guard backgroundCount == nil || openSet != nil && head == nil && (backgroundCount ?? 0) >= 1 else {
      throw ValidationError("--background is a number of 1 or more, and takes pictures of --open-set.")
    }
    guard (shots ?? 1) >= 1 else { throw ValidationError("--shots must be at least 1.") }
    guard (1...1_000_000).contains(episodes ?? 1) else {
      throw ValidationError("--episodes must be 1 to 1000000.")
    }
    if head != nil, recipe.isGiven {
      throw ValidationError("With --head nothing is learned: no --method, and nothing else of how to learn.")
    }
    if recipe.method == nil, recipe.from == nil { try recipe.check(Teacher.usualMethod) }
    guard (ways ?? 2) >= 2 else { throw ValidationError("--ways must be at least 2.") }
    if head == nil, let compare, HeadMethod(rawValue: compare) == nil {
      throw ValidationError(
        "--compare must name a method, or with --head another head; “\(compare)” is no method.")
    }
  }

  /// Whether more is asked for than figures.
  private var asksMore: Bool {
    ways != nil || compare != nil || transductive || openSet != nil || backgroundCount != nil || html != nil
  }

  func run() throws {
    if described.isGiven { return try evaluateDescribed() }
    if let frames = domain.frames {
      return try domain.run(
        folder, frames, method: recipe.method ?? Teacher.usualMethod, seed: seed, backbone: backbone,
        place: place, json: json)
    }
    let pictures = try reporting { try PictureFolder(folder) }
    let dealt = try deal(pictures)
    let others = try openSet.map { path in try reporting { try LinnetPipeline.pictures(at: path) } } ?? []
    if let backgroundCount, backgroundCount >= others.count {
      throw Failure(
        .usage,
        "--background \(backgroundCount) leaves none of the \(counted(others.count, "picture", "pictures")) of \(openSet ?? "") to ask about"
      )
    }
    let store = try place.open()
    let opened = try backbone.openEmbedder(cachingIn: store)
    let contenders = try contenders(opened, store, of: pictures)
    let embedder = try reporting { try opened.asTaught(contenders.compactMap(\.given)) }
    let (embeddings, effort) = try embed(pictures.items.map(\.path) + others, embedder)
    let material = Evaluation.Material(
      folder: pictures, embeddings: Array(embeddings[..<pictures.items.count]),
      openSet: Array(embeddings[pictures.items.count...]), backgroundCount: backgroundCount ?? 0)
    let evaluations = try contenders.map { try evaluate(dealt, material, $0) }
    let curves = try curve.map { numbers in
      try contenders.map { try learningCurve(numbers.values, material, $0) }
    }
    let result = Result(
      folder: pictures, evaluation: evaluations[0], baseline: evaluations.dropFirst().first,
      curves: curves ?? [], effort: effort)
    let page = html == nil ? nil : page(result, embedder)
    let output = Output()
    if json.isOn { output.line(result.json) } else { result.report(output) }
    if let html, let page { try write(page, to: html, output) }
  }

  /// What has been found.
  struct Result {
    var folder: PictureFolder
    var evaluation: Evaluation
    /// What it is compared with.
    var baseline: Evaluation?
    var curves: [LearningCurve]
    var effort: EmbeddingEffort
  }

  /// What it took to have the pictures' embeddings.
  struct EmbeddingEffort {
    /// Embeddings that came from the cache.
    var cached = 0
    /// Those that were computed.
    var computed = 0
    var seconds = 0.0

    /// Computed embeddings a second, files to embeddings; `nil` when all came from the cache.
    var imagesPerSecond: Double? { computed > 0 && seconds > 0 ? Double(computed) / seconds : nil }

    /// As a sentence tells it.
    var text: String {
      let all = counted(cached + computed, "embedding", "embeddings")
      guard let imagesPerSecond else { return "all \(all) came from the cache" }
      let rate =
        decimal(imagesPerSecond, imagesPerSecond < 10 ? 1 : 0) + " images a second, file to embedding"
      return cached == 0 ? rate : "\(cached) of \(all) came from the cache, the others: \(rate)"
    }
  }
}

/// Whole numbers from 1, separated by commas.
struct NumberList: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...64).contains(parts.count), parts.allSatisfy({ (1...100_000).contains($0 ?? 0) }) else {
      return nil
    }
    values = parts.compactMap { $0 }
  }

  var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

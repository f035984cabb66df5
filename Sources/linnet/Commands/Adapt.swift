internal import ArgumentParser
internal import LinnetDomain
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Adapt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapt",
    abstract: "Fit a head to where it works, from pictures without labels.",
    discussion: """
      Captures of one world – a catalogue, daylight – and frames of another: a shelf, the night. Takes pictures as the \
      camera sees them, unlabelled, every class among them, the more the better (a hundred are a good number), learns the set's \
      head anew from its captures and these, and says what that changes. Where the frames are no other world, show too \
      little, seem to lack some classes, or adapting could hurt for another reason, it leaves the head as it is and ends \
      with 2.

      A few pictures from there with their labels are worth many without: enrol one or two of each label, or give them with \
      --labelled, where in each label they count as much as all its captures; the head is then learned from both, whether \
      or not the frames without labels add anything.

      The head is learned without the frames again when captures are enrolled: adapt again then. linnet labels undo takes \
      the change back. linnet eval CATALOGUE --domain SHELF measures all ways where the frames have labels.

      EXAMPLES
        linnet adapt frames/
        linnet adapt night/*.jpg --head door
        linnet adapt frames/ --way moments
        linnet adapt shelf/ --folder catalogue -o shelf.head
        linnet adapt shelf/ --labelled shelf-by-label/

      JSON: head, adapted, way, reason, frames, shots, labelled, changed (share of the frames that get another label), distance, \
      distance_by_chance, structure (none, balanced, relaxed), evidence (evenness of the classes among the frames, explained \
      and reverse with before and after, divergence) – both null where it was not asked –, answers (label, before, after: \
      frames).
      """)

  @Argument(help: "Pictures, folders with pictures, or - for standard input.", completion: .file())
  var pictures: [String]

  @Option(help: ArgumentHelp("auto, or \(DomainChoices.names).", valueName: "way"))
  var way = DomainWay.auto

  @Option(
    help: ArgumentHelp(
      "A folder with a folder a class, instead of the store's captures.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @Option(
    help: ArgumentHelp(
      "A folder with a folder a label: pictures of the frames' world, a few of each.", valueName: "folder"),
    completion: .directory)
  var labelled: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The head file to write, with --folder.", valueName: "file"),
    completion: .file(extensions: ["head"]))
  var output: String?

  @Flag(name: .customLong("dry-run"), help: "Say what would change, and change nothing.")
  var isDryRun = false

  @OptionGroup var set: SetOptions
  @Option(
    help: ArgumentHelp("How the head is learned; as before by default.", valueName: "method"))
  var method: HeadMethod?

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (folder == nil) == (output == nil) else {
      throw ValidationError("--folder and --output (-o) belong together.")
    }
  }

  func run() throws {
    let store = try place.open()
    let embedder = try backbone.openEmbedder(of: folder == nil ? set.head : nil, in: store)
    let (shots, recipe) = try shots(store, embedder)
    let labelled = try labelled.map { try self.shots(try captures(in: $0), embedder) }
    let (frames, failures) = try frames(embedder, dimension: shots.dimension)
    let adapter = try reporting {
      try DomainAdapter(
        shots: shots, frames: frames, labelled: labelled, backbone: embedder.backbone, recipe: recipe)
    }
    let outcome = Outcome(
      try choose(adapter), frames: frames, shots: shots, labelled: labelled?.count ?? 0,
      present: labelled == nil
        ? adapter.plain : try reporting { try Head.train(recipe, shots: shots, backbone: embedder.backbone) })
    if let output, !isDryRun {
      try reporting { try outcome.choice.head.write(to: output) }
    } else if !outcome.isKept, !isDryRun {
      try reporting {
        try Teacher(store: store, embedder: embedder).adopt(
          outcome.choice.head, in: set.head, summary: "adapt the head “\(set.head)” to \(outcome.source)")
      }
    }
    if json.isOn { write(outcome) } else { report(outcome) }
    if let failure = failures.failure { throw failure }
    if outcome.isKept { throw Failure(.unknown) }
  }

  private typealias Labelled = (path: String, label: String, group: String?)

  private func captures(in folder: String) throws -> [Labelled] {
    let pictures = try reporting { try PictureFolder(folder) }
    return pictures.items.map { ($0.path, pictures.classes[$0.label], $0.group) }
  }

  /// Of the folder, or of the store, and how a head is learned from them.
  private func shots(_ store: Store, _ embedder: PictureEmbedder) throws -> (Shots, HeadRecipe) {
    var recipe = method.map { HeadRecipe($0) }
    if let folder {
      return (try shots(try captures(in: folder), embedder), recipe ?? HeadRecipe(Teacher.usualMethod))
    }
    let captures: [Labelled] = try reporting {
      try store.captures(of: set.head).map { ($0.path, $0.label, nil) }
    }
    guard !captures.isEmpty else { throw Failure(PipelineError.noCaptures(set: set.head)) }
    if recipe == nil, let path = try reporting({ try store.headPath(of: set.head) }) {
      recipe = (try? Head(path: path))?.method.map { HeadRecipe($0) }
    }
    return (try shots(captures, embedder), recipe ?? HeadRecipe(Teacher.usualMethod))
  }

  private func shots(_ captures: [Labelled], _ embedder: PictureEmbedder) throws -> Shots {
    let bar = ProgressBar("embedding", total: captures.count)
    let embeddings = try reporting {
      try embedder.embeddings(captures.map { .file($0.path) }) { bar.update($0) }
    }
    bar.clear()
    let classes = Set(captures.map(\.label)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var shots = try reporting { try Shots(dimension: embeddings[0].count, classes: classes) }
    for (embedding, capture) in zip(embeddings, captures) {
      try reporting { try shots.append(embedding, label: capture.label, group: capture.group) }
    }
    return shots
  }

  private func choose(_ adapter: DomainAdapter) throws -> DomainChoice {
    switch way {
    case .auto: return try reporting { try adapter.choose() }
    case .one(let method): return try reporting { try adapter.forced(method) }
    }
  }

  private func frames(
    _ embedder: PictureEmbedder, dimension: Int
  ) throws -> (Frames, PictureFailures) {
    var (sources, failures) = try PictureList.read(pictures)
    var frames = Frames(dimension: dimension)
    var embeddings: [[Float]] = []
    let bar = ProgressBar("embedding", total: sources.count)
    try reporting {
      try embedder.embed(sources) { index, outcome in
        switch outcome.embedding {
        case .success(let embedding): embeddings.append(embedding)
        case .failure(let error):
          bar.clear()
          failures.add(error)
        }
        bar.update(index + 1)
      }
    }
    bar.clear()
    if embeddings.isEmpty, let failure = failures.failure { throw failure }
    for embedding in embeddings { try reporting { try frames.append(embedding) } }
    return (frames, failures)
  }
}

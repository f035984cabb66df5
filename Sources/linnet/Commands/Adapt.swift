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

      The head is learned without the frames again when captures are enrolled: adapt again then. linnet labels undo takes \
      the change back. linnet eval CATALOGUE --domain SHELF measures all ways where the frames have labels.

      EXAMPLES
        linnet adapt frames/
        linnet adapt night/*.jpg --head door
        linnet adapt frames/ --way moments
        linnet adapt shelf/ --folder catalogue -o shelf.head

      JSON: head, adapted, way, reason, frames, shots, changed (share of the frames that get another label), distance, \
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
    let embedder = try backbone.openEmbedder(cachingIn: store)
    let (shots, recipe) = try shots(store, embedder)
    let (frames, failures) = try frames(embedder, dimension: shots.dimension)
    let adapter = try reporting {
      try DomainAdapter(shots: shots, frames: frames, backbone: embedder.backbone, recipe: recipe)
    }
    let choice = try choose(adapter)
    let isKept = choice.method == .none
    if let output, !isDryRun {
      try reporting { try choice.head.write(to: output) }
    } else if !isKept, !isDryRun {
      let count = frames.count
      try reporting {
        try Teacher(store: store, embedder: embedder).adopt(
          choice.head, in: set.head,
          summary: "adapt the head “\(set.head)” to \(count) frames by \(choice.method.rawValue)")
      }
    }
    report(choice, adapter, shots: shots, frames: frames)
    if let failure = failures.failure { throw failure }
    if isKept { throw Failure(.unknown) }
  }

  private func shots(_ store: Store, _ embedder: PictureEmbedder) throws -> (Shots, HeadRecipe) {
    var labelled: [(path: String, label: String, group: String?)] = []
    var recipe = method.map { HeadRecipe($0) }
    if let folder {
      let pictures = try reporting { try PictureFolder(folder) }
      labelled = pictures.items.map { ($0.path, pictures.classes[$0.label], $0.group) }
    } else {
      labelled = try reporting { try store.captures(of: set.head).map { ($0.path, $0.label, nil) } }
      guard !labelled.isEmpty else { throw Failure(PipelineError.noCaptures(set: set.head)) }
      if recipe == nil, let path = try reporting({ try store.headPath(of: set.head) }) {
        recipe = (try? Head(path: path))?.method.map { HeadRecipe($0) }
      }
    }
    let bar = ProgressBar("embedding", total: labelled.count)
    let embeddings = try reporting {
      try embedder.embeddings(labelled.map { .file($0.path) }) { bar.update($0) }
    }
    bar.clear()
    let classes = Set(labelled.map(\.label)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var shots = try reporting { try Shots(dimension: embeddings[0].count, classes: classes) }
    for (embedding, item) in zip(embeddings, labelled) {
      try reporting { try shots.append(embedding, label: item.label, group: item.group) }
    }
    return (shots, recipe ?? HeadRecipe(Teacher.usualMethod))
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

  private func report(_ choice: DomainChoice, _ adapter: DomainAdapter, shots: Shots, frames: Frames) {
    let before = answers(adapter.plain, frames)
    let after = answers(choice.head, frames)
    let output = Output()
    let name = self.output ?? set.head
    guard json.isOn else {
      let verb = isDryRun ? "would be" : "is"
      output.line(
        choice.method == .none
          ? "\(output.bold(visible(name))) \(isDryRun ? "would stay" : "stays") as it is: \(visible(choice.reason))"
          : "\(output.bold(visible(name))) \(verb) adapted to \(frames.count) frames by \(choice.method.rawValue): "
            + choice.reason)
      for line in choice.grounds { output.line(output.dim("  " + line)) }
      guard choice.method != .none else { return }
      var table = TextTable([.left, .right, .left, .right])
      for (label, (old, new)) in zip(shots.classes, zip(before, after)) {
        table.add(["  " + visible(label), "\(old)", "→", "\(new) frames"])
      }
      for line in table.lines { output.line(line) }
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("head", name)
    writer.member("adapted", choice.method != .none && !isDryRun)
    writer.member("way", choice.method.rawValue)
    writer.member("frames", frames.count)
    writer.member("shots", shots.count)
    choice.write(to: &writer)
    writer.key("answers")
    writer.beginArray()
    for (label, (old, new)) in zip(shots.classes, zip(before, after)) {
      writer.beginObject()
      writer.member("label", label)
      writer.member("before", old)
      writer.member("after", new)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    output.line(writer.text)
  }

  /// Frames of every class by a head, threshold or not.
  private func answers(_ head: Head, _ frames: Frames) -> [Int] {
    var counts = [Int](repeating: 0, count: head.classes.count)
    for answer in head.decide(rows: frames.embeddings, top: 1) { counts[answer.ranked[0].index] += 1 }
    return counts
  }
}

internal import ArgumentParser
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn heads anew from the stored captures, or one from a folder.",
    discussion: """
      Without --folder: every set of the store that has captures, or the one that --head names. Needed after another backbone \
      or method was chosen, or after captures were put into the store's folders by hand. \
      With --folder: a head file from a folder with a folder of pictures for each class, without the store.

      EXAMPLES
        linnet train
        linnet train --method prototype --head door
        linnet train --folder pictures -o parts.head
        linnet train --folder more --from parts.head -o parts.head   go on from there
        linnet classify --head parts.head new.jpg

      JSON: an array of head (a name, or the file), method, classes (label, captures), backbone.
      """)

  @Option(help: ArgumentHelp("The set to learn; all by default.", valueName: "name"))
  var head: String?

  @Option(
    help: ArgumentHelp("A folder with a folder a class, instead of the store.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The head file to write, with --folder.", valueName: "file"),
    completion: .file(extensions: ["head"]))
  var output: String?

  @OptionGroup var method: RecipeOptions
  @OptionGroup var unknown: UnknownOptions
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    if folder != nil && head != nil { throw ValidationError("--folder and --head exclude each other.") }
    if (folder == nil) != (output == nil) {
      throw ValidationError("--folder and --output (-o) belong together.")
    }
    if folder != nil, method.method == nil, method.from == nil { try method.check(Teacher.usualMethod) }
  }

  func run() throws {
    let store = try place.open()
    let teacher = try backbone.openTeacher(store, method)
    let choice = try recipe(teacher)
    var learned: [(name: String, head: Head)] = []
    if let folder, let output {
      let head = try learn(folder, teacher, choice(nil))
      try reporting { try head.write(to: output) }
      learned.append((output, head))
    } else {
      for name in try names(store) {
        let bar = ProgressBar("embedding", total: try reporting { try store.captures(of: name).count })
        learned.append(
          (
            name,
            try reporting {
              try teacher.train(
                name, recipe: choice, progress: { bar.update($0) },
                learning: { bar.update("learning", $0, of: $1) })
            }
          ))
        bar.clear()
      }
    }
    report(learned)
  }

  /// The sets to learn.
  private func names(_ store: Store) throws -> [String] {
    if let head { return [head] }
    let names = try reporting { try store.sets().filter { try !store.captures(of: $0).isEmpty } }
    guard !names.isEmpty else { throw Failure(PipelineError.noCaptures(set: Store.defaultSet)) }
    return names
  }

  /// The present head's recipe as the options change it.
  private func recipe(_ teacher: Teacher) throws -> Teacher.RecipeChoice {
    let treatment = try method.treatment(over: teacher.embedder, teacher.support)
    let choice = Teacher.recipe(method.method(from: teacher.support.earlier))
    return { present in
      var recipe = choice(present)
      method.apply(to: &recipe, treatment: treatment)
      unknown.apply(to: &recipe)
      return recipe
    }
  }

  private func learn(_ folder: String, _ teacher: Teacher, _ recipe: HeadRecipe) throws -> Head {
    let embedder = teacher.embedder
    let pictures = try reporting { try PictureFolder(folder) }
    let bar = ProgressBar("embedding", total: pictures.items.count)
    var failures = PictureFailures()
    var embeddings: [[Float]] = []
    var labels: [String] = []
    try reporting {
      try embedder.embed(pictures.items.map { .file($0.path) }) { index, outcome in
        switch outcome.embedding {
        case .success(let embedding):
          embeddings.append(embedding)
          labels.append(pictures.classes[pictures.items[index].label])
        case .failure(let error):
          bar.clear()
          failures.add(error)
        }
        bar.update(index + 1)
      }
    }
    bar.clear()
    if let failure = failures.failure { throw failure }
    defer { bar.clear() }
    return try reporting {
      try Teacher.learn(
        embeddings, labels: labels, recipe: recipe, backbone: embedder.backbone, support: teacher.support,
        progress: { bar.update("learning", $0, of: $1) })
    }
  }

  private func report(_ learned: [(name: String, head: Head)]) {
    let output = Output()
    guard json.isOn else {
      for (name, head) in learned {
        let chosen = head.choice.map { ": \($0.candidates[$0.chosen].name)" } ?? ""
        output.line(
          "\(output.bold(visible(name))): \(counted(head.classes.count, "class", "classes")), \(head.kind.rawValue)\(chosen)"
        )
      }
      return
    }
    var writer = JSONWriter()
    writer.beginArray()
    for (name, head) in learned { HeadReport(name: name, head: head).write(to: &writer) }
    writer.endArray()
    output.line(writer.text)
  }
}

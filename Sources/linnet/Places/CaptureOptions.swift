internal import ArgumentParser
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetStore

/// Labelled pictures to look at: a folder with a folder a class, or a set of the store.
struct CaptureOptions: ParsableArguments {
  @Argument(
    help: "A folder with a folder of pictures a class; the store's captures by default.",
    completion: .directory)
  var folder: String?

  @Option(
    name: [.customLong("head"), .customLong("set")],
    help: ArgumentHelp("The set of the store to look at, without a folder.", valueName: "name"))
  var head: String?

  func validate() throws {
    if folder != nil && head != nil { throw ValidationError("A folder and --head exclude each other.") }
  }

  /// How people call it: the folder, or the set's name.
  var name: String { folder ?? head ?? Store.defaultSet }

  /// The set of the store; `nil` with a folder.
  var set: String? { folder == nil ? head ?? Store.defaultSet : nil }

  /// The pictures, not yet read.
  func list(_ store: Store) throws -> CaptureList {
    if let folder {
      let pictures = try reporting { try PictureFolder(folder) }
      return CaptureList(
        names: pictures.items.map(\.name), paths: pictures.items.map(\.path), classes: pictures.classes,
        classOf: pictures.items.map(\.label), groups: pictures.items.map(\.group))
    }
    let set = head ?? Store.defaultSet
    let captures = try reporting { try store.captures(of: set) }
    guard !captures.isEmpty else { throw Failure(PipelineError.noCaptures(set: set)) }
    var list = CaptureList()
    for capture in captures {
      if list.classes.last != capture.label { list.classes.append(capture.label) }
      list.names.append(capture.label + "/" + Folder.name(of: capture.path))
      list.paths.append(capture.path)
      list.classOf.append(list.classes.count - 1)
      list.groups.append(nil)
    }
    return list
  }
}

/// Labelled pictures by their paths.
struct CaptureList {
  var names: [String] = []
  var paths: [String] = []
  var classes: [String] = []
  var classOf: [Int] = []
  var groups: [String?] = []

  /// The captures as the backbone sees them, the rows of this list that they are, and what is wrong with the others.
  func embedded(by embedder: PictureEmbedder, progress: String) throws
    -> (captures: LabelledCaptures, rows: [Int], unreadable: [(row: Int, reason: PipelineError)])
  {
    var embeddings: [[Float]] = []
    var rows: [Int] = []
    var unreadable: [(row: Int, reason: PipelineError)] = []
    let bar = ProgressBar(progress, total: paths.count)
    try reporting {
      try embedder.embed(paths.map { .file($0) }) { row, outcome in
        switch outcome.embedding {
        case .success(let embedding):
          embeddings.append(embedding)
          rows.append(row)
        case .failure(let error): unreadable.append((row, error))
        }
        bar.update(row + 1)
      }
    }
    bar.clear()
    guard !rows.isEmpty else {
      for each in unreadable.prefix(3) { complain(each.reason.description) }
      throw Failure(.failed, "none of the \(paths.count) pictures can be read")
    }
    let captures = LabelledCaptures(
      names: rows.map { names[$0] }, classes: classes, classOf: rows.map { classOf[$0] },
      groups: rows.map { groups[$0] }, embeddings: embeddings, backbone: embedder.backbone)
    return (captures, rows, unreadable)
  }
}

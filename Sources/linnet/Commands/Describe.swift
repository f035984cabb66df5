public import ArgumentParser
public import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Make a head for classes of which there is no picture, from what they are like.",
    discussion: """
      A table says what classes are like: with --attributes a line a class and a column an attribute (1 or 0, yes or no, or any \
      number; empty where it is not known), with --vectors a vector a class, as of its name in a language model. What \
      that means to the eye is learned from the classes of the table that have pictures: those of a folder, or the \
      captures of the store. Classes without pictures are then told from each other by their lines alone.

      Such a head is right less often than one that has seen a picture; linnet eval --attributes says how often. \
      It never answers “unknown”.

      EXAMPLES
        linnet describe --attributes animals.csv --folder pictures -o wild.head
        linnet describe --attributes parts.csv --unseen nut,bolt -o parts.head
        linnet describe --vectors words.npy --folder pictures --with-seen -o all.head
        linnet classify --head wild.head new.jpg

      A table of attributes:  class,stripes,hooves,flies
                              zebra,1,1,0
                              ladybird,0,0,1
      Vectors: such a table with or without its first line, or x.npy with the names in x.txt, a line a row.

      JSON: head (the file), method, classes (label, seen), learned_from (classes with pictures), pictures, ignored_columns (the same \
      for all of those), twins (pairs that no column tells apart), backbone.
      """)

  @Option(
    help: ArgumentHelp("A table of attributes, a line a class.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var attributes: String?

  @Option(
    help: ArgumentHelp("A vector a class: x.csv, or x.npy with x.txt.", valueName: "file"),
    completion: .file(extensions: ["csv", "npy"]))
  var vectors: String?

  @Option(
    help: ArgumentHelp(
      "Where pictures are, a folder a class; the store's captures by default.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("The set of captures, without --folder.", valueName: "name"))
  var head: String?

  @Option(
    help: ArgumentHelp(
      "The classes to make, with commas between; by default all of the table without pictures.",
      valueName: "labels"))
  var unseen: String?

  @Flag(name: .customLong("with-seen"), help: "The head is to know the classes with pictures as well.")
  var withSeen = false

  @Option(
    help: ArgumentHelp(
      "bilinear, attributes, forward or reverse; bilinear, or reverse with --with-seen, by default.",
      valueName: "method"))
  var method: DescriptionMethod?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The head file to write.", valueName: "file"),
    completion: .file(extensions: ["head"]))
  var output: String

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    if (attributes == nil) == (vectors == nil) {
      throw ValidationError("Give --attributes or --vectors, one of the two.")
    }
    if folder != nil && head != nil { throw ValidationError("--folder and --head exclude each other.") }
  }

  func run() throws {
    let table = try reporting {
      try attributes.map { try ClassDescriptions(attributes: $0) }
        ?? ClassDescriptions(vectors: vectors ?? "")
    }
    let store = try place.open()
    let embedder = try backbone.openEmbedder(cachingIn: store)
    let unseen = self.unseen?.split(separator: ",").map { Self.trimmed(String($0)) }
    let shots = try self.shots(store, embedder, leaving: Set(unseen ?? []))
    let seen = shots.classes.filter(table.describes)
    let wanted = unseen ?? table.classes.filter { !seen.contains($0) }
    var made = try reporting {
      try Head.describe(wanted, by: table, seen: shots, recipe: recipe, backbone: embedder.backbone)
    }
    made.source =
      "described by \(Folder.name(of: attributes ?? vectors ?? "")), from \(seen.count) classes with pictures"
    try reporting { try made.write(to: output) }
    try report(made, table, seen: seen, shots)
  }

  private var recipe: DescriptionRecipe { DescriptionRecipe(method: method, includesSeen: withSeen) }

  /// The pictures of every class but those that are to count as unseen.
  private func shots(_ store: Store, _ embedder: PictureEmbedder, leaving unseen: Set<String>) throws -> Shots
  {
    var pictures: [(path: String, label: String)] = []
    if let folder {
      let found = try reporting { try PictureFolder(folder) }
      pictures = found.items.map { ($0.path, found.classes[$0.label]) }
    } else {
      let name = head ?? Store.defaultSet
      pictures = try reporting { try store.captures(of: name).map { ($0.path, $0.label) } }
      guard !pictures.isEmpty else { throw Failure(PipelineError.noCaptures(set: name)) }
    }
    pictures.removeAll { unseen.contains($0.label) }
    let bar = ProgressBar("embedding", total: pictures.count)
    let embeddings = try reporting {
      try embedder.embeddings(pictures.map { .file($0.path) }) { bar.update($0) }
    }
    bar.clear()
    return try reporting {
      var shots = Shots(dimension: embeddings.first?.count ?? 1)
      for (embedding, picture) in zip(embeddings, pictures) {
        try shots.append(embedding, label: picture.label)
      }
      return shots
    }
  }

  private func report(_ head: Head, _ table: ClassDescriptions, seen: [String], _ shots: Shots) throws {
    let method = recipe.resolvedMethod
    let ignored = try reporting { try table.constantColumns(among: seen) }
    let twins = try reporting { try table.twins(among: head.classes) }
    let output = Output()
    guard json.isOn else {
      let made = head.classes.filter { !seen.contains($0) }
      output.line(
        "\(output.bold(self.output)): \(counted(made.count, "class", "classes")) without a picture, learned from \(seen.count) with pictures, \(method.rawValue)"
      )
      let strangers = shots.classes.filter { !table.describes($0) }
      if !strangers.isEmpty {
        complain("not described, and left aside: \(strangers.joined(separator: ", "))")
      }
      if attributes != nil, !ignored.isEmpty {
        complain("the same for all classes with pictures, so of no use: \(ignored.joined(separator: ", "))")
      }
      for (first, second) in twins {
        complain("nothing tells \(second) from \(first): its pictures will be called \(first)")
      }
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("head", self.output)
    writer.member("method", method.rawValue)
    writer.key("classes")
    writer.beginArray()
    for label in head.classes {
      writer.beginObject()
      writer.member("label", label)
      writer.member("seen", seen.contains(label))
      writer.endObject()
    }
    writer.endArray()
    writer.names("learned_from", seen)
    writer.member("pictures", shots.count)
    writer.names("ignored_columns", ignored)
    writer.key("twins")
    writer.beginArray()
    for (first, second) in twins {
      writer.beginArray()
      writer.value(first)
      writer.value(second)
      writer.endArray()
    }
    writer.endArray()
    writer.member("backbone", head.backbone.digest)
    writer.endObject()
    output.line(writer.text)
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension DescriptionMethod: ExpressibleByArgument {}

extension JSONWriter {
  fileprivate mutating func names(_ key: String, _ names: [String]) {
    self.key(key)
    beginArray()
    for name in names { value(name) }
    endArray()
  }
}

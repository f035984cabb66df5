internal import ArgumentParser
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Heads: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heads",
    abstract: "List, show, merge, export, import and remove heads.",
    discussion: """
      A head is one small file: labels, what was learned, and the digest of the backbone it belongs to. It \
      works on any machine with that backbone.

      EXAMPLES
        linnet heads
        linnet heads show default
        linnet heads export default parts.head
        linnet heads import parts.head --name parts
        linnet classify --head parts new.jpg
        linnet heads merge garden.head shed.head -o all.head
        linnet heads remove parts
      """,
    subcommands: [List.self, Show.self, Export.self, Import.self, Merge.self, Remove.self],
    defaultSubcommand: List.self)
}

extension Heads {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the heads of the store.",
      discussion: "JSON: an array of head, method, classes, captures, backbone (name, digest).")

    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let store = try place.open()
      let output = Output()
      var writer = JSONWriter()
      var table = TextTable([.left, .left, .right, .right, .left])
      table.add(["head", "method", "classes", "captures", "backbone"].map(output.bold))
      writer.beginArray()
      let names = try reporting { try store.heads() }
      for name in names {
        guard let path = try reporting({ try store.headPath(of: name) }) else { continue }
        let head = try HeadPlace.read(path)
        let captures = try reporting { try store.captures(of: name).count }
        table.add([name, head.kind.rawValue, "\(head.classes.count)", "\(captures)", head.backbone.name])
        writer.beginObject()
        writer.member("head", name)
        writer.member("method", head.kind.rawValue)
        writer.member("classes", head.classes.count)
        writer.member("captures", captures)
        writer.key("backbone")
        writer.beginObject()
        writer.member("name", head.backbone.name)
        writer.member("digest", head.backbone.digest)
        writer.endObject()
        writer.endObject()
      }
      writer.endArray()
      if json.isOn {
        output.line(writer.text)
      } else if names.isEmpty {
        output.line("there are no heads yet: linnet enrol LABEL PICTURE… makes one")
      } else {
        for line in table.lines { output.line(line) }
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show a head's classes, method, backbone and thresholds.")

    @Argument(help: "The head's name, or a head file.") var name = Store.defaultSet
    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let isFile = name.hasSuffix(".head") || name.contains("/")
      let path = isFile ? name : try existingPath(of: name, in: try place.open())
      HeadReport(name: name, head: try HeadPlace.read(path)).print(json: json.isOn)
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Copy a head out of the store into a file.")

    @Argument(help: "The head's name.") var name: String
    @Argument(help: "The file to write.", completion: .file(extensions: ["head"])) var file: String
    @OptionGroup var place: StoreOptions

    func run() throws {
      let path = try existingPath(of: name, in: try place.open())
      _ = try HeadPlace.read(path)
      try reporting { try writeAtomically(try File.read(path), to: file) }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Take a head file into the store.",
      discussion: "The file is checked, and copied. A head of that name must not be there yet.")

    @Argument(help: "The head file.", completion: .file(extensions: ["head"])) var file: String

    @Option(help: ArgumentHelp("Its name in the store; the file's name by default.", valueName: "name"))
    var name: String?

    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let store = try place.open()
      let stem = Folder.name(of: file)
      let name = name ?? (stem.hasSuffix(".head") ? String(stem.dropLast(5)) : stem)
      _ = try HeadPlace.read(file)
      try reporting {
        let bytes = try File.read(file)
        var change = try store.beginChange()
        guard try change.headPath(of: name) == nil else { throw StoreError.headExists(name: name) }
        try change.putHead(bytes, of: name)
        try change.commit(.importHead, "import the head “\(name)”")
      }
      try reportLastChange(of: store, json: json.isOn)
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Remove a head; linnet labels undo brings it back until the next change.",
      discussion:
        "Its captures stay, and linnet train makes the head again, unless --captures removes them as well.")

    @Argument(help: "The head's name.") var name: String
    @Flag(help: "Remove the captures of its set as well.") var captures = false
    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let store = try place.open()
      try reporting {
        var change = try store.beginChange()
        let hasHead = try change.headPath(of: name) != nil
        let removesOnlyCaptures = try captures && !hasHead && !change.captures(of: name).isEmpty
        if !removesOnlyCaptures { try change.removeHead(of: name) }
        if captures { try change.removeCaptures(of: name) }
        try change.commit(.removeHead, "remove the head “\(name)”" + (captures ? " and its captures" : ""))
      }
      try reportLastChange(of: store, json: json.isOn)
    }
  }
}

/// The file of a head that must be there.
private func existingPath(of name: String, in store: Store) throws -> String {
  try reporting {
    guard let path = try store.headPath(of: name) else {
      throw StoreError.noSuchHead(name: name, known: try store.heads())
    }
    return path
  }
}

internal import ArgumentParser
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Labels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "List, rename, merge and remove what was taught; undo the last change.",
    discussion: """
      Every change learns the head anew, and the last one, of whatever kind (enrol, train, labels, heads), can be \
      taken back with undo. Undoing an undo does the change again.

      EXAMPLES
        linnet labels
        linnet labels rename mgu mug
        linnet labels merge cup mug       captures of cup become those of mug
        linnet labels remove plate
        linnet labels undo
      """,
    subcommands: [List.self, Rename.self, Merge.self, Remove.self, Undo.self], defaultSubcommand: List.self)
}

extension Labels {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List labels and how many captures each has.",
      discussion:
        "JSON: heads (head, labels: label, captures; background) and last_change (kind, summary, time)."
    )

    @Option(help: ArgumentHelp("One set of labels; all by default.", valueName: "name"))
    var head: String?

    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let store = try place.open()
      if let head, head != Store.defaultSet, try !reporting({ try store.sets() }).contains(head) {
        throw Failure(PipelineError.noCaptures(set: head))
      }
      let names = try head.map { [$0] } ?? reporting { try store.sets() }
      let sets = try reporting {
        try names.map {
          (
            name: $0, counts: Teacher.counts(try store.captures(of: $0)),
            background: try store.background(of: $0).count
          )
        }
      }
      let last = try reporting { try store.lastChange() }
      let output = Output()
      if json.isOn {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("heads")
        writer.beginArray()
        for (name, counts, background) in sets {
          writer.beginObject()
          writer.member("head", name)
          writer.key("labels")
          writer.labels(counts)
          writer.member("background", background)
          writer.endObject()
        }
        writer.endArray()
        writer.key("last_change")
        if let last { writer.change(last) } else { writer.null() }
        writer.endObject()
        output.line(writer.text)
        return
      }
      if sets.allSatisfy({ $0.counts.isEmpty && $0.background == 0 }) {
        output.line("nothing has been taught yet: linnet enrol LABEL PICTURE…")
      }
      for (name, counts, background) in sets where !counts.isEmpty || background > 0 {
        if names != [Store.defaultSet] { output.line(output.bold("\(name):")) }
        var table = TextTable([.left, .right])
        for each in counts { table.add([visible(each.label), "\(each.captures)"]) }
        if background > 0 { table.add([output.dim("background"), "\(background)"]) }
        for line in table.lines { output.line(line) }
      }
      if let last { output.line(output.dim("last change: \(visible(last.summary))")) }
    }
  }

  struct Rename: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rename", abstract: "Give a label another name, which must be new.")

    @Argument(help: "The label.") var label: String
    @Argument(help: "Its new name.") var name: String
    @OptionGroup var options: LabelOptions

    func run() throws {
      try reporting { try options.teacher().rename(label, to: name, in: options.set.head, merging: false) }
      try options.report()
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge",
      abstract: "Make the captures of one label captures of another.")

    @Argument(help: "The label that goes.") var label: String
    @Argument(help: "The label that stays.") var into: String
    @OptionGroup var options: LabelOptions

    func run() throws {
      try reporting { try options.teacher().rename(label, to: into, in: options.set.head, merging: true) }
      try options.report()
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Remove a label with its captures; undo brings them back until the next change.")

    @Argument(help: "The label.") var label: String?
    @Flag(help: "Instead of a label, the pictures that were enrolled with --background.") var background =
      false
    @OptionGroup var options: LabelOptions

    func validate() throws {
      if (label == nil) != background { throw ValidationError("give a label, or --background.") }
    }

    func run() throws {
      if let label {
        _ = try reporting { try options.teacher().remove(label, in: options.set.head) }
      } else if try reporting({ try options.teacher().removeBackground(of: options.set.head) }) == 0 {
        throw Failure(
          .noInput,
          "the set “\(options.set.head)” has no background pictures to remove; linnet labels shows what every set has"
        )
      }
      try options.report()
    }
  }

  struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "undo",
      abstract: "Take the last change of the store back.",
      discussion: "JSON: kind, summary, time of the undo.")

    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      try reporting {
        var change = try place.open().beginChange()
        let summary = try change.undo()
        try change.commit(
          .undo, summary.hasPrefix("undo: ") ? String(summary.dropFirst(6)) : "undo: " + summary)
      }
      try reportLastChange(of: try place.open(), json: json.isOn)
    }
  }
}

/// The options of commands that change labels.
struct LabelOptions: ParsableArguments {
  @OptionGroup var set: SetOptions
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func teacher() throws -> Teacher {
    let store = try place.open()
    return try backbone.openTeacher(store)
  }

  func report() throws { try reportLastChange(of: try place.open(), json: json.isOn) }
}

/// Says what the store's last change was.
func reportLastChange(of store: Store, json: Bool) throws {
  guard let change = try reporting({ try store.lastChange() }) else { return }
  let output = Output()
  if json {
    var writer = JSONWriter()
    writer.change(change)
    output.line(writer.text)
  } else {
    output.line("done: \(visible(change.summary))")
  }
}

extension JSONWriter {
  fileprivate mutating func change(_ change: (kind: ChangeKind, summary: String, time: String)) {
    beginObject()
    member("kind", change.kind.rawValue)
    member("summary", change.summary)
    member("time", change.time)
    endObject()
  }
}

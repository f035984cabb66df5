internal import ArgumentParser
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Enrol: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enrol",
    abstract: "Teach a label from pictures.",
    discussion: """
      Keeps the pictures as captures of the label, and learns the head anew from all captures. Five pictures of each \
      thing, in the light and from the sides that matter, are a good beginning; more can be enrolled at any time. \
      Teach at least two labels: to tell a thing from nothing, teach the nothing too.

      A picture lies in the store once: enrolled again it changes nothing, enrolled under another label it moves. \
      When the command ends with 0, everything is on the disk, and even a power cut does not lose it.

      EXAMPLES
        linnet enrol mug mug-1.jpg mug-2.jpg mug-3.jpg
        linnet enrol "green leaf" leaves/green/
        linnet enrol open door/open/ --head door    another set of labels

      JSON: label, head, added, already_there, moved, labels (label, captures).
      """)

  @Argument(help: "What the pictures show, any text.")
  var label: String

  @Argument(help: "Pictures, folders with pictures, or - for standard input.", completion: .file())
  var pictures: [String]

  @OptionGroup var set: SetOptions
  @OptionGroup var method: MethodOption
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let store = try place.open()
    try reporting {
      _ = try LabelName.folder(of: label)
      _ = try store.headPath(of: set.head)
    }
    let teacher = Teacher(store: store, embedder: try backbone.openEmbedder(cachingIn: store))
    var (sources, failures) = try PictureList.read(pictures)
    let bar = ProgressBar("enrolling", total: sources.count)
    let result = try reporting {
      try teacher.enrol(
        sources, as: label, in: set.head, method: method.method, progress: { bar.update($0) },
        failed: {
          bar.clear()
          failures.add($0)
        })
    }
    bar.clear()
    if result.added + result.alreadyThere + result.moved.count > 0 { report(result) }
    if let failure = failures.failure { throw failure }
  }

  private func report(_ result: Teacher.Enrolment) {
    let output = Output()
    if json.isOn {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("label", label)
      writer.member("head", set.head)
      writer.member("added", result.added)
      writer.member("already_there", result.alreadyThere)
      writer.member("moved", result.moved.count)
      writer.key("labels")
      writer.labels(result.counts)
      writer.endObject()
      output.line(writer.text)
      return
    }
    var parts = [
      "\(result.added) new capture\(result.added == 1 ? "" : "s") of \(output.bold(visible(label)))"
    ]
    if result.alreadyThere > 0 { parts.append("\(result.alreadyThere) enrolled before") }
    for moved in Dictionary(grouping: result.moved, by: \.from).sorted(by: { $0.key < $1.key }) {
      parts.append("\(moved.value.count) moved from \(visible(moved.key))")
    }
    output.line(parts.joined(separator: ", "))
    let labels = result.counts.map { "\(visible($0.label)) \($0.captures)" }.joined(separator: ", ")
    output.line(output.dim("the head “\(set.head)” knows: \(labels)"))
  }
}

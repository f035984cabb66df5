internal import ArgumentParser
internal import LinnetCapture
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Enrol: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enrol",
    abstract: "Teach a label from pictures, or from a camera.",
    discussion: """
      Keeps the pictures as captures of the label, and learns the head anew from all captures. Five pictures of each \
      thing, in the light and from the sides that matter, are a good beginning; more can be enrolled at any time. \
      Teach at least two labels: to tell a thing from nothing, teach the nothing too.

      A picture lies in the store once: enrolled again it changes nothing, enrolled under another label it moves. \
      When the command ends with 0, everything is on the disk, and even a power cut does not lose it.

      With --camera or --source it counts down, and keeps --count frames that differ from each other: turn the thing, \
      and move it nearer and farther meanwhile. It waits a little for frames that are neither blurred nor dark.

      EXAMPLES
        linnet enrol mug --camera                   five shots from the first camera
        linnet enrol --background --camera          … and what it looks like without
        linnet enrol mug --camera 2 --count 10
        linnet enrol mug mug-1.jpg mug-2.jpg mug-3.jpg
        linnet enrol "green leaf" leaves/green/
        linnet enrol open door/open/ --head door    another set of labels
        linnet enrol --background empty-table/      what is none of the labels
        linnet enrol mug mug-4.jpg --never-unknown  from now on, always a label

      JSON: label (null with --background), head, added, already_there, moved, labels (label, captures), background.
      """)

  @Argument(help: "What the pictures show, any text; left out with --background.")
  var label: String?

  @Argument(help: "Pictures, folders with pictures, or - for standard input.", completion: .file())
  var pictures: [String] = []

  @Flag(help: "The pictures show none of the labels, and teach what to call unknown.")
  var background = false

  @Option(help: ArgumentHelp("How many shots to keep of a camera.", valueName: "n"))
  var count = 5

  @Option(help: ArgumentHelp("Seconds before the first shot; 3 for a camera.", valueName: "seconds"))
  var countdown: Int?

  @OptionGroup var source: SourceOptions
  @OptionGroup var draw: DrawOption
  @OptionGroup var set: SetOptions
  @OptionGroup var method: RecipeOptions
  @OptionGroup var unknown: UnknownOptions
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    try set.check()
    guard (1...1000).contains(count) else { throw ValidationError("--count must be 1 to 1000.") }
    guard (0...600).contains(countdown ?? 0) else { throw ValidationError("--countdown must be 0 to 600.") }
    if source.isGiven {
      if background != (label == nil) {
        throw ValidationError(background ? "--background takes no label." : "Missing the label.")
      }
      guard pictures.isEmpty else {
        throw ValidationError("give pictures, or --camera or --source, not both.")
      }
    } else if background {
      guard label != nil else { throw ValidationError("give pictures of the background.") }
    } else {
      guard let label else { throw ValidationError("Missing the label.") }
      if pictures.isEmpty { throw ValidationError("give pictures of “\(label)”, or --camera.") }
    }
  }

  /// `nil` for background.
  private var name: String? { background ? nil : label }

  func run() throws {
    let store = try place.open()
    try reporting {
      if let name { _ = try LabelName.folder(of: name) }
      _ = try store.headPath(of: set.head)
    }
    let teacher = try backbone.openTeacher(store, method)
    var (sources, failures) =
      source.isGiven
      ? (try takeShots(), PictureFailures())
      : try PictureList.read((background ? [label!] : []) + pictures)
    let choice = Teacher.recipe(method.method(from: teacher.support.earlier))
    let treatment = try method.treatment(over: teacher.embedder, teacher.support)
    let bar = ProgressBar("enrolling", total: sources.count)
    let result = try reporting {
      try teacher.enrol(
        sources, as: name, in: set.head,
        recipe: { present in
          var recipe = choice(present)
          method.apply(to: &recipe, treatment: treatment)
          unknown.apply(to: &recipe)
          return recipe
        },
        progress: { bar.update($0) }, learning: { bar.update("learning", $0, of: $1) },
        failed: {
          bar.clear()
          failures.add($0)
        })
    }
    bar.clear()
    if result.added + result.alreadyThere + result.moved.count > 0 { report(result) }
    if let failure = failures.failure { throw failure }
  }

  /// Shots of the live picture.
  private func takeShots() throws -> [PictureSource] {
    let camera = try source.open(.bySignals)
    var shots = LiveShots(
      source: camera, interruption: .bySignals, view: source.view, patience: source.patience,
      name: name ?? "background", isQuiet: json.isOn)
    return try shots.take(count, after: countdown ?? (camera is CameraSource ? 3 : 0), style: draw.style)
  }

  private func report(_ result: Teacher.Enrolment) {
    let output = Output()
    if json.isOn {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("label")
      if let name { writer.value(name) } else { writer.null() }
      writer.member("head", set.head)
      writer.member("added", result.added)
      writer.member("already_there", result.alreadyThere)
      writer.member("moved", result.moved.count)
      writer.key("labels")
      writer.labels(result.counts)
      writer.member("background", result.background)
      writer.endObject()
      output.line(writer.text)
      return
    }
    let captures = result.added == 1 ? "capture" : "captures"
    var parts = ["\(result.added) new \(captures) of \(output.bold(visible(name ?? "background")))"]
    if result.alreadyThere > 0 { parts.append("\(result.alreadyThere) enrolled before") }
    for moved in Dictionary(grouping: result.moved, by: \.from).sorted(by: { $0.key < $1.key }) {
      let from = moved.key == Capture.backgroundLabel ? "the background" : visible(moved.key)
      parts.append("\(moved.value.count) moved from \(from)")
    }
    output.line(parts.joined(separator: ", "))
    let labels = result.counts.map { "\(visible($0.label)) \($0.captures)" }.joined(separator: ", ")
    if result.counts.isEmpty {
      output.line(output.dim("there is no head “\(visible(set.head))” yet: enrol pictures of a label"))
    } else {
      let background = result.background > 0 ? "; background \(result.background)" : ""
      output.line(output.dim("the head “\(visible(set.head))” knows: \(labels)\(background)"))
    }
  }
}

internal import ArgumentParser
internal import CLinux
internal import LinnetCapture
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetStore

struct Teach: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "teach",
    abstract: "Teach by showing things to a camera and pressing keys.",
    discussion: """
      Shows the live picture, and how sure the head is of each label. Keys 1 to 9 add a shot to a label, held down they \
      add more; turn the thing meanwhile. Every shot is in the store and learned at once, and still there next time. \
      Show the background too (b): what it looks like when none of the things is there.

      EXAMPLES
        linnet teach                    the first camera
        linnet teach mug plate          with these labels, besides those that are there
        linnet teach --camera 2 --head door open closed

      KEYS
        1…9   add a shot to that label; a number that has none yet asks for its name
        b, 0  add a shot to the background
        n     name another label
        u     take the last shot back, and the one before
        q     done

      linnet watch then says what it sees.
      """)

  @Argument(help: "Labels to teach.")
  var labels: [String] = []

  @OptionGroup var source: SourceOptions
  @OptionGroup var draw: DrawOption
  @OptionGroup var set: SetOptions
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions

  func validate() throws { try set.check() }

  func run() throws {
    let store = try place.open()
    let teacher = try backbone.openTeacher(store)
    guard teacher.embedder.models.count == 1 else {
      throw Failure(.usage, "this works with one backbone; give --model once")
    }
    let state = try state(store)
    var settings = Watcher.Settings()
    settings.gate = .open
    settings.view = source.view
    let path = try reporting { try store.headPath(of: set.head) }
    let heads = try path.map { [try HeadPlace.read($0)] } ?? []
    complainOfViews(heads)
    let watcher: Watcher
    do throws(PipelineError) {
      watcher = try Watcher(
        model: teacher.embedder.model, configuration: SessionConfiguration(threads: backbone.threadCount),
        heads: heads, settings: settings)
    } catch {
      throw Failure(error)
    }
    let camera = try source.open(.bySignals)
    guard let screen = Screen(draw.style) else {
      throw Failure(
        .usage,
        "this is no terminal that can be drawn on: linnet enrol LABEL --camera teaches without one")
    }
    let taught: TeachState
    do {
      var run = TeachRun(
        source: camera, interruption: .bySignals, teacher: teacher, set: set.head, screen: screen,
        watcher: watcher, state: state, patience: source.patience)
      taught = try run.go()
    }
    screen.giveBack()
    report(taught)
  }

  private func state(_ store: Store) throws -> TeachState {
    var known = try reporting { Teacher.counts(try store.captures(of: set.head)) }
    for label in labels where !known.contains(where: { $0.label == label }) {
      try reporting { _ = try LabelName.folder(of: label) }
      known.append((label, 0))
    }
    return TeachState(labels: known, background: try reporting { try store.background(of: set.head).count })
  }

  private func report(_ state: TeachState) {
    let output = Output()
    let counts = state.labels.filter { state.counts[$0, default: 0] > 0 }.map {
      "\(visible($0)) \(state.counts[$0, default: 0])"
    }
    guard !counts.isEmpty else { return output.line("nothing was taught") }
    let background = state.background > 0 ? "; background \(state.background)" : ""
    output.line("the head “\(set.head)” knows: \(counts.joined(separator: ", "))\(background)")
    if counts.count == 1 {
      output.line(output.dim("teach a second label, or the background, so that it can tell them apart"))
    }
  }
}

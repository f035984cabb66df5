internal import ArgumentParser
internal import CLinux
internal import LinnetCapture
internal import LinnetHead
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Say what a camera sees, as it changes.",
    discussion: """
      Looks at the newest picture of a camera again and again, and says what it is when that changes: a label, unknown, \
      moving (too much changes to say), or no picture (the camera gives none; it is waited for, also when it comes back \
      at another place). An answer counts when --agree frames in a row give it.

      Frames that come while another is looked at are dropped, so that what is said is about now.

      EXAMPLES
        linnet watch                                the first camera, the head that was taught
        linnet watch --show                         with the picture, in the terminal
        linnet watch --camera 2 --head door --head visitor
        linnet watch --json | my-program            a JSON object a line
        linnet watch --for 10 --snapshot now.jpg    ten seconds; keeps the picture of the last change
        linnet watch --source frames/ --rate 10     numbered pictures, ten a second
        rpicam-vid -t 0 -n --codec mjpeg -o - | linnet watch --source -
        ffmpeg -i rtsp://… -f mjpeg - | linnet watch --source -

      JSON, a line an event (each has event and time): source, decision, frame (--every-frame), stats (--stats), end. \
      Sources/LinnetPipeline/WATCH.md has every member.

      EXIT STATUS
        0   stopped by Ctrl-C or SIGTERM, or ended and something was recognised
        2   ended, and nothing ever was
        66  the camera or source is not there, or is none
        1   the camera is busy or failed as it was opened
      """)

  @OptionGroup var source: SourceOptions

  @Option(
    help: ArgumentHelp(
      "The head that answers: a name in the store, a file, or imagenet; once for each head.",
      valueName: "head"))
  var head: [String] = []

  @Option(
    help: ArgumentHelp(
      "Frames in a row that have to say the same; 3 by default, 1 for a folder.", valueName: "n"))
  var agree: Int?

  @Option(
    help: ArgumentHelp(
      """
      The share of the picture, in per cent, that changes from frame to frame when it is moving; 0 asks every frame. \
      15 by default, 0 for a folder.
      """, valueName: "percent"))
  var motion: Double?

  @Flag(help: "A line for every frame, not only when the decision changes.")
  var everyFrame = false

  @Flag(help: "Draw the picture in the terminal, with label and confidence; q ends.")
  var show = false

  @OptionGroup var draw: DrawOption

  @Option(
    help: ArgumentHelp(
      "Keep the picture of the last change (and of the last frame of --count) in this file, JPEG or PNG by its name.",
      valueName: "file"),
    completion: .file())
  var snapshot: String?

  @Flag(help: "Say how fast it goes: frames a second, drops, and times of each stage.")
  var stats = false

  @Option(help: ArgumentHelp("End after so many frames.", valueName: "n"))
  var count: UInt64?

  @Option(name: .customLong("for"), help: ArgumentHelp("End after so many seconds.", valueName: "seconds"))
  var seconds: Double?

  @OptionGroup var backbone: ModelOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    if let agree, !(1...1000).contains(agree) { throw ValidationError("--agree must be 1 to 1000.") }
    if let motion, !(0...100).contains(motion) { throw ValidationError("--motion must be 0 to 100.") }
    if let seconds, !(seconds > 0 && seconds < 1e9) {
      throw ValidationError("--for must be above 0 seconds.")
    }
    if count == 0 { throw ValidationError("--count must be at least 1.") }
    if show && (json.isOn || everyFrame) {
      throw ValidationError("--show excludes --json and --every-frame.")
    }
    for (place, name) in head.enumerated() where head[..<place].contains(name) {
      throw ValidationError("--head \(name) stands there twice.")
    }
    if let snapshot, pictureEncoding(of: snapshot) == nil {
      throw ValidationError("--snapshot \(snapshot) must end in .jpg, .jpeg or .png.")
    }
  }

  func run() throws {
    let interruption = Interruption.bySignals
    let model = try backbone.openModel()
    let store = try place.open()
    let heads =
      head.isEmpty
      ? [try HeadPlace.open(nil, store: store, model: model)]
      : try head.map { try HeadPlace.open($0, store: store, model: model) }
    complainOfViews(heads)
    let source = try source.open(interruption)
    let watcher: Watcher
    do throws(PipelineError) {
      watcher = try Watcher(
        model: model, configuration: SessionConfiguration(threads: backbone.threadCount), heads: heads,
        settings: settings(isContinuous: source.isContinuous))
    } catch {
      throw Failure(error)
    }
    let output = Output()
    let report = report(output)
    var run = WatchRun(
      source: source, interruption: interruption, watcher: watcher, report: report,
      patience: self.source.patience)
    run.everyFrame = everyFrame
    run.snapshot = snapshot
    run.stats = stats
    run.count = count
    run.seconds = seconds
    let reason = try run.go()
    if let failure = (source as? CameraSource)?.recorder?.failure { throw Failure(failure) }
    if reason != .signal && !run.hasRecognised { throw Failure(.unknown) }
  }

  private func report(_ output: Output) -> any WatchReport {
    if json.isOn { return WatchJSON(heads: head, output) }
    let lines = WatchLines(heads: head, everyFrame: everyFrame, output)
    guard show else { return lines }
    guard let screen = Screen(draw.style) else {
      complain("this is no terminal that can be drawn on: lines instead")
      return lines
    }
    return WatchScreen(screen, lines: lines, heads: head, output)
  }

  private func settings(isContinuous: Bool) -> Watcher.Settings {
    var settings = isContinuous ? Watcher.Settings() : .single
    settings.view = source.view
    if let agree { settings.smoothing = .init(agreement: agree) }
    if let motion { settings.gate = .init(share: Float(motion / 100)) }
    return settings
  }
}

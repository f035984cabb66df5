internal import CLinux
internal import LinnetCapture
internal import LinnetHead
internal import LinnetImage
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetStore
internal import LinnetTensor

/// One run of `linnet teach`: live pictures and keys; every shot is in the store, and learned, before the next one.
struct TeachRun: ~Copyable {
  private let source: any FrameSource
  private let interruption: Interruption
  private let teacher: Teacher
  private let set: String
  private let screen: Screen
  private let output = Output()
  private var watcher: Watcher
  private var state: TeachState
  private var selections: [String: ShotSelection] = [:]
  /// What can be taken back, the last at the end.
  private var taken: [(picture: PictureDigest, label: String?)] = []
  private var scores: [String: Float] = [:]
  private var asked: [TeachState.Action] = []
  private var area = (columns: 0, rows: 0)
  private var pause = DrawingPause()
  private var lastFrame = linnet_monotonic_nanoseconds()
  private let patience: UInt64

  init(
    source: any FrameSource, interruption: Interruption, teacher: Teacher, set: String, screen: Screen,
    watcher: consuming Watcher, state: TeachState, patience: UInt64
  ) {
    (self.source, self.interruption, self.teacher, self.set) = (source, interruption, teacher, set)
    (self.screen, self.state, self.patience) = (screen, state, patience)
    self.watcher = watcher
  }

  /// Runs until the person has had enough; what was taught is returned.
  mutating func go() throws -> TeachState {
    while true {
      let arrival: Arrival
      do throws(CaptureError) {
        arrival = try source.next(within: 50_000_000)
      } catch {
        throw Failure(error)
      }
      for key in screen.takeKeys() {
        guard let action = state.press(key, at: linnet_monotonic_nanoseconds()) else { continue }
        if action == .end { return state }
        asked.append(action)
      }
      switch consume arrival {
      case .frame(let frame): look(at: frame)
      case .nothing:
        if linnet_monotonic_nanoseconds() > lastFrame + patience { _ = watcher.missPicture() }
      case .end: return state
      }
      undoAsAsked()
      if screen.measure() { area = (0, 0) }
      drawPanel()
    }
  }

  private mutating func look(at frame: borrowing Frame) {
    guard (try? watcher.look(at: frame)) != nil else { return }
    lastFrame = linnet_monotonic_nanoseconds()
    scores = [:]
    for ranked in watcher.saw.first?.ranked ?? [] { scores[ranked.label] = ranked.confidence }
    for action in asked {
      if case .shot(let label) = action { take(frame, as: label) }
    }
    asked.removeAll { $0 != .undo }
    drawPicture(frame)
  }

  /// Keeps the frame as a shot of the label, or of the background.
  private mutating func take(_ frame: borrowing Frame, as label: String?) {
    let name = label ?? "background"
    do {
      let picture = try frame.picture(watcher.settings.view, covering: (640, 480))
      let signs = PictureSigns(of: picture)
      let fault: ShotSelection.Fault? =
        signs.isDark || signs.isBlank ? .dark : signs.isBlurred ? .blurred : nil
      let small = picture.resized(width: 32, height: 24, filter: .bilinear)
      let luma = (0..<32 * 24).map { UInt8(small.luma($0 % 32, $0 / 32)) }
      let verdict = selections[name, default: ShotSelection(Self.selection)].judge(
        luma, fault: fault, at: frame.nanoseconds)
      guard verdict != .tooAlike else {
        return state.say("“\(name)”: nothing new to see; turn it or move it a little")
      }
      var failure: PipelineError?
      let bytes = try frame.capture(watcher.settings.view)
      let result = try teacher.enrol([.bytes(bytes, name: "the shot")], as: label, in: set) { failure = $0 }
      if let failure { throw failure }
      guard result.added > 0 else { return state.say("“\(name)” has this picture already") }
      taken.append((PictureDigest(of: bytes), label))
      adopt(result.counts, background: result.background)
      try renewHead()
      let count = label.map { state.counts[$0] ?? 0 } ?? state.background
      let faultText = fault.map { $0 == .dark ? ", but it is dark" : ", but it is blurred" } ?? ""
      state.say("“\(name)”: \(count) shot\(count == 1 ? "" : "s")\(faultText)", isTrouble: fault != nil)
    } catch {
      state.say(Self.sentence(error), isTrouble: true)
    }
  }

  private mutating func undoAsAsked() {
    for action in asked where action == .undo {
      guard let last = taken.popLast() else {
        state.say("nothing is left to take back; linnet labels undo takes back what was before")
        continue
      }
      do {
        _ = try teacher.forget(last.picture, in: set)
        let name = last.label ?? "background"
        selections[name]?.forgetLast()
        adopt(
          Teacher.counts(try teacher.store.captures(of: set)),
          background: try teacher.store.background(of: set).count)
        try renewHead()
        state.say("took back the last shot of “\(name)”")
      } catch {
        state.say(Self.sentence(error), isTrouble: true)
      }
    }
    asked.removeAll { $0 == .undo }
  }

  private mutating func adopt(_ counts: [(label: String, captures: Int)], background: Int) {
    state.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.label, $0.captures) })
    state.background = background
  }

  /// What was just learned answers from now on.
  private mutating func renewHead() throws {
    let path = try teacher.store.headPath(of: set)
    watcher.replaceHeads(try path.map { [try HeadPlace.read($0)] } ?? [])
    if path == nil { scores = [:] }
  }

  private mutating func drawPicture(_ frame: borrowing Frame) {
    guard pause.isOver else { return }
    pause.begin()
    let view = TeachView(screen.size, labels: state.labels.count).picture
    guard view.rows > 0 else { return }
    let cell = screen.size.cell
    let wanted = (view.columns * cell.width, view.rows * cell.height)
    guard let picture = try? frame.picture(watcher.settings.view, covering: wanted) else { return }
    let drawn = TerminalPicture(
      picture, columns: view.columns, rows: view.rows, style: screen.style, cell: cell)
    if (drawn.columns, drawn.rows) != area { screen.clear() }
    area = (drawn.columns, drawn.rows)
    let left = view.column + (view.columns - drawn.columns) / 2
    screen.draw(drawn.lines.enumerated().map { (view.row + $0.offset, left, $0.element) })
    pause.end()
  }

  private func drawPanel() {
    let view = TeachView(screen.size, labels: state.labels.count)
    var trouble: String?
    if case .waiting(_, let why) = source.health { trouble = why.description }
    let lines = view.lines(
      state, scores: scores, decision: watcher.decisions.first ?? nil, trouble: trouble, output)
    screen.draw(lines.enumerated().map { (view.panel.row + $0.offset, view.panel.column, $0.element) })
  }

  /// Whoever presses a key wants that shot: only what shows nothing new at all is left out.
  private static var selection: ShotSelection.Settings {
    var settings = ShotSelection.Settings()
    settings.difference = 1.5
    settings.patience = 0
    settings.pause = 0
    return settings
  }

  private static func sentence(_ error: any Error) -> String {
    (error as? Failure)?.message ?? String(describing: error)
  }
}

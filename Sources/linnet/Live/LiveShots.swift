internal import CLinux
internal import LinnetCapture
internal import LinnetImage
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetTensor

/// Takes shots of one thing from a live picture, as `linnet enrol` does: waits for the exposure, counts down, keeps frames
/// that differ, and says on standard error how it goes.
struct LiveShots {
  let source: any FrameSource
  let interruption: Interruption
  let view: FrameView
  /// Nanoseconds without a frame after which that is said.
  let patience: UInt64
  /// What the shots show.
  let name: String
  /// Says only what goes wrong.
  let isQuiet: Bool

  private var kept: [(bytes: [UInt8], picture: Picture)] = []
  private var faults: [ShotSelection.Fault: Int] = [:]
  private let isTerminal = isatty(2) == 1 && environmentVariable("TERM") != "dumb"
  private var health = SourceHealth.working

  /// Nanoseconds without anything new after which what there is suffices.
  private static let limit: UInt64 = 10_000_000_000

  init(
    source: any FrameSource, interruption: Interruption, view: FrameView, patience: UInt64, name: String,
    isQuiet: Bool
  ) {
    (self.source, self.interruption, self.view) = (source, interruption, view)
    (self.patience, self.name, self.isQuiet) = (patience, name, isQuiet)
  }

  /// Keeps `count` shots, or fewer where nothing new comes any more.
  mutating func take(
    _ count: Int, after seconds: Int, style: TerminalPicture.Style?
  ) throws -> [PictureSource] {
    say(source.greeting)
    if source is CameraSource { try settle() }
    try countDown(seconds)
    try select(count)
    clear()
    guard !kept.isEmpty else {
      throw Failure(.failed, "no shot of “\(name)” was taken: no usable frame came")
    }
    show(style)
    complainOfFaults()
    if kept.count < count {
      say("\(kept.count) of \(count) shots: nothing new came for \(Self.limit / 1_000_000_000) s")
    }
    return kept.enumerated().map { .bytes($0.element.bytes, name: "shot \($0.offset + 1)") }
  }

  private mutating func settle() throws {
    var exposure = ExposureSettling()
    let start = linnet_monotonic_nanoseconds()
    while exposure.state == .settling, linnet_monotonic_nanoseconds() < start + Self.limit {
      _ = try look { shot, _ in
        exposure.add(meanLuma: shot.signs.brightness, nanoseconds: shot.taken)
      }
    }
  }

  private mutating func countDown(_ seconds: Int) throws {
    guard seconds > 0 else { return }
    let end = linnet_monotonic_nanoseconds() + UInt64(seconds) * 1_000_000_000
    var said = 0
    while true {
      let now = linnet_monotonic_nanoseconds()
      guard now < end else { return }
      let left = Int((end - now + 999_999_999) / 1_000_000_000)
      if left != said {
        if isTerminal {
          status("show “\(name)” to the camera: \(left)")
        } else if said == 0 {
          say("show “\(name)” to the camera: \(left) s")
        }
        said = left
      }
      // Frames are taken meanwhile, so that the next one is new.
      _ = try look { _, _ in }
    }
  }

  private mutating func select(_ count: Int) throws {
    var settings = ShotSelection.Settings()
    // Pictures that are there already get no better.
    if !source.isContinuous { (settings.pause, settings.patience) = (0, 0) }
    var selection = ShotSelection(settings)
    var lastKept = linnet_monotonic_nanoseconds()
    var (kept, faults) = (kept, faults)
    while kept.count < count, linnet_monotonic_nanoseconds() < lastKept + Self.limit {
      var verdict: ShotSelection.Verdict?
      let view = view
      let goesOn = try look { shot, frame in
        verdict = selection.judge(shot.luma, fault: shot.fault, at: shot.taken)
        switch verdict {
        case .kept, .keptThough: kept.append((try frame.capture(view), shot.picture))
        default: break
        }
      }
      guard goesOn else { break }
      switch verdict {
      case .kept, .keptThough:
        lastKept = linnet_monotonic_nanoseconds()
        if case .keptThough(let fault) = verdict { faults[fault, default: 0] += 1 }
        tell("kept \(kept.count) of \(count)" + (kept.count < count ? ": now turn or move it a little" : ""))
      case .waiting(.dark): status("kept \(kept.count) of \(count): it is dark")
      case .waiting(.blurred): status("kept \(kept.count) of \(count): blurred, hold still")
      case .tooAlike, .tooSoon, nil: break
      }
    }
    (self.kept, self.faults) = (kept, faults)
  }

  /// One frame, as it matters here.
  private struct Shot {
    let taken: UInt64
    let picture: Picture
    let signs: PictureSigns
    let luma: [UInt8]

    init(_ frame: borrowing Frame, _ view: FrameView) throws(PictureError) {
      let picture = try frame.picture(view, covering: (640, 480))
      taken = frame.nanoseconds
      signs = PictureSigns(of: picture)
      let small = picture.resized(width: 32, height: 24, filter: .bilinear)
      luma = (0..<32 * 24).map { UInt8(small.luma($0 % 32, $0 / 32)) }
      self.picture = picture
    }

    var fault: ShotSelection.Fault? {
      signs.isDark || signs.isBlank ? .dark : signs.isBlurred ? .blurred : nil
    }
  }

  /// Waits a moment for the next frame and looks at it; false when no more will come.
  private mutating func look(_ body: (Shot, borrowing Frame) throws -> Void) throws -> Bool {
    let arrival: Arrival
    do throws(CaptureError) {
      arrival = try source.next(within: 100_000_000)
    } catch {
      throw Failure(error)
    }
    tellHealth()
    switch consume arrival {
    case .end:
      guard !interruption.isRaised else {
        clear()
        throw Failure(.failed, "stopped: nothing was enrolled")
      }
      return false
    case .nothing: return true
    case .frame(let frame):
      do {
        try body(try Shot(frame, view), frame)
      } catch is PictureError {}
      return true
    }
  }

  private mutating func tellHealth() {
    guard source.health != health else { return }
    health = source.health
    if case .waiting(_, let why) = health {
      complain(why.description)
    } else {
      say("back: \(source.greeting)")
    }
  }

  private func show(_ style: TerminalPicture.Style?) {
    let output = Output()
    guard output.isTerminal, isTerminal, !isQuiet else { return }
    let columns = max(20, Int(linnet_terminal_columns(1)))
    let width = 18
    let style = style == .sixel ? nil : style
    for row in stride(from: 0, to: kept.count, by: columns / (width + 1)) {
      let pictures = kept[row..<min(kept.count, row + columns / (width + 1))].map {
        TerminalPicture(
          $0.picture, columns: width, rows: 8, style: style ?? .usual(environmentVariable("TERM") ?? ""))
      }
      for line in 0..<(pictures.map(\.rows).max() ?? 0) {
        output.line(
          pictures.map { line < $0.rows ? $0.lines[line] : String(repeating: " ", count: $0.columns) }
            .joined(separator: " "))
      }
    }
  }

  private func complainOfFaults() {
    if let dark = faults[.dark] {
      complain("\(dark) of \(kept.count) shots \(dark == 1 ? "is" : "are") dark: more light helps")
    }
    if let blurred = faults[.blurred] {
      complain(
        "\(blurred) of \(kept.count) shots \(blurred == 1 ? "is" : "are") blurred: hold still, or clean the lens"
      )
    }
  }

  private func say(_ text: String) {
    clear()
    if !isQuiet { Output.write(visible(text) + "\n", to: 2) }
  }

  /// A step: in its place on a terminal, otherwise a line.
  private func tell(_ text: String) { if isTerminal { status(text) } else { say(text) } }

  private func status(_ text: String) {
    if isTerminal && !isQuiet { Output.write("\r\u{1B}[K" + visible(text), to: 2) }
  }

  private func clear() { if isTerminal && !isQuiet { Output.write("\r\u{1B}[K", to: 2) } }
}

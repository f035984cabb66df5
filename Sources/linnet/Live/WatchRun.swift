internal import CLinux
internal import LinnetCapture
internal import LinnetImage
internal import LinnetPipeline
internal import LinnetSafetensors

/// One run of `linnet watch`: frames from the source through the watcher to the report, until something ends it.
struct WatchRun: ~Copyable {
  let source: any FrameSource
  let interruption: Interruption
  var watcher: Watcher
  let report: any WatchReport
  /// Nanoseconds without a frame after which there is no picture.
  let patience: UInt64
  var everyFrame = false
  var snapshot: String?
  var stats = false
  var count: UInt64?
  var seconds: Double?

  /// Whether the decision was a label at some time.
  private(set) var hasRecognised = false
  private var undecodable: UInt64 = 0
  private var looked: UInt64 = 0
  private var start: UInt64 = 0
  private var lastFrame: UInt64 = 0
  private var lastStats: UInt64 = 0
  private var health = SourceHealth.working
  private var times = StageTimes()

  /// How long at most nobody looks at the keys.
  private static let attention: UInt64 = 100_000_000
  private static let statsInterval: UInt64 = 10_000_000_000

  init(
    source: any FrameSource, interruption: Interruption, watcher: consuming Watcher, report: any WatchReport,
    patience: UInt64
  ) {
    self.source = source
    self.interruption = interruption
    self.watcher = watcher
    self.report = report
    self.patience = patience
  }

  /// Runs to the end.
  mutating func go() throws -> EndReason {
    start = linnet_monotonic_nanoseconds()
    (lastFrame, lastStats) = (start, start)
    report.source(.open, name: source.name, message: source.greeting)
    tellHealth()
    let reason = try untilTheEnd()
    if stats { report.stats(statistics()) }
    report.end(reason, hasRecognised: hasRecognised, counts: counts)
    return reason
  }

  private mutating func untilTheEnd() throws -> EndReason {
    let end = seconds.map { start + UInt64($0 * 1e9) } ?? .max
    while true {
      let asked = linnet_monotonic_nanoseconds()
      if asked >= end { return .time }
      let arrival: Arrival
      do throws(CaptureError) {
        arrival = try source.next(within: min(end - asked, Self.attention, patience / 4))
      } catch {
        throw Failure(error)
      }
      switch consume arrival {
      case .frame(let frame):
        times.wait.add(nanoseconds: linnet_monotonic_nanoseconds() - asked)
        tellHealth()
        try look(at: frame)
        if let count, looked >= count { return .count }
      case .nothing: break
      case .end: return interruption.isRaised ? .signal : .source
      }
      if report.attend() { return .signal }
      tellHealth()
      missPicture()
      tellStatistics()
    }
  }

  private mutating func look(at frame: borrowing Frame) throws {
    let look: Watcher.Look
    do throws(PictureError) {
      look = try watcher.look(at: frame)
    } catch {
      undecodable += 1
      return
    }
    looked += 1
    lastFrame = linnet_monotonic_nanoseconds()
    times.add(look, age: lastFrame - min(lastFrame, frame.nanoseconds))
    if watcher.decisions.contains(where: { $0?.label != nil }) { hasRecognised = true }
    if snapshot != nil, look.isChanged || looked == count { try save(frame) }
    let wanted = report.wantedPicture
    guard everyFrame || look.isChanged || wanted != nil else { return }
    let watched = WatchedFrame(
      sequence: frame.sequence, taken: frame.nanoseconds, format: frame.format,
      path: (source as? PictureSeries)?.path, look: look, saw: watcher.saw, decisions: watcher.decisions,
      counts: counts)
    if let wanted, let picture = try? frame.picture(watcher.settings.view, covering: wanted) {
      report.picture(picture, of: watched)
    }
    if everyFrame { report.frame(watched) }
    if look.isChanged { report.decision(watched.decisions, frame: watched, counts: watched.counts) }
  }

  private mutating func tellHealth() {
    guard source.health != health else { return }
    switch (health, source.health) {
    case (_, .waiting(_, let why)):
      report.source(.waiting, name: source.name, message: why.description)
      noPicture()
    case (.waiting(let since, _), .working):
      let seconds = Double(linnet_monotonic_nanoseconds() - since) / 1e9
      report.source(
        .back, name: source.name, message: "back after \(decimal(seconds, 1)) s: \(source.greeting)")
    case (.working, .working): break
    }
    health = source.health
  }

  /// Says that there is no picture when none came for too long.
  private mutating func missPicture() {
    guard source.isContinuous, linnet_monotonic_nanoseconds() - lastFrame > patience else { return }
    noPicture()
  }

  private mutating func noPicture() {
    if watcher.missPicture() { report.decision(watcher.decisions, frame: nil, counts: counts) }
  }

  private mutating func tellStatistics() {
    let now = linnet_monotonic_nanoseconds()
    guard stats, now - lastStats >= Self.statsInterval else { return }
    lastStats = now
    report.stats(statistics())
  }

  private var counts: WatchCounts { WatchCounts(source: source.statistics, undecodable: undecodable) }

  private func statistics() -> WatchStatistics {
    WatchStatistics(
      seconds: Double(linnet_monotonic_nanoseconds() - start) / 1e9, frames: looked, counts: counts,
      stages: times.named)
  }

  private func save(_ frame: borrowing Frame) throws {
    guard let snapshot else { return }
    try savePicture(frame, watcher.settings.view, to: snapshot)
  }
}

/// Times of the stages of a frame.
struct StageTimes {
  var wait = DurationHistogram()
  private var input = DurationHistogram()
  private var gate = DurationHistogram()
  private var embed = DurationHistogram()
  private var decide = DurationHistogram()
  private var age = DurationHistogram()

  mutating func add(_ look: Watcher.Look, age nanoseconds: UInt64) {
    input.add(nanoseconds: look.inputTime)
    gate.add(nanoseconds: look.gateTime)
    age.add(nanoseconds: nanoseconds)
    guard !look.isMoving else { return }
    embed.add(nanoseconds: look.embedTime)
    decide.add(nanoseconds: look.decideTime)
  }

  var named: [(name: String, times: DurationHistogram)] {
    [("wait", wait), ("input", input), ("gate", gate), ("embed", embed), ("decide", decide), ("age", age)]
  }
}

extension FrameSource {
  /// A sentence about the source as it is opened.
  var greeting: String { (self as? CameraSource)?.negotiation.description ?? "\(name) is open" }
}

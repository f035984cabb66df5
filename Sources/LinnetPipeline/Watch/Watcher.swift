public import LinnetCapture
public import LinnetHead
public import LinnetImage
public import LinnetModel
public import LinnetRuntime

/// Watches a live picture: frame after frame through the motion gate, the backbone and heads, into decisions that do not
/// flicker. One frame at a time, on one thread at a time.
public struct Watcher: ~Copyable {
  public struct Settings: Sendable {
    public var gate = MotionGate.Settings()
    public var smoothing = DecisionSmoothing.Settings()
    /// What of a frame is looked at, and which way up.
    public var view = FrameView.plain

    public init() {}

    /// For frames that have nothing to do with each other: each is looked at, and one suffices.
    public static var single: Settings {
      var settings = Settings()
      settings.gate = .open
      settings.smoothing = .init(agreement: 1, holding: 1)
      return settings
    }
  }

  /// What came of one frame.
  public struct Look: Sendable {
    /// The gate held it back.
    public var isMoving = false
    /// Mean luma, 0…255.
    public var luma: Float = 0
    /// Whether some head's decision is another one now.
    public var isChanged = false
    /// Nanoseconds from the frame to the network's input, for thumbnail and gate, for the network, and for heads and
    /// smoothing.
    public var inputTime: UInt64 = 0
    public var gateTime: UInt64 = 0
    public var embedTime: UInt64 = 0
    public var decideTime: UInt64 = 0
  }

  public let settings: Settings
  /// The heads' decisions; `nil` before the first.
  public private(set) var decisions: [LiveDecision?]
  /// The last frame's embedding; empty before the first.
  public private(set) var embedding: [Float]
  private var deciders: [Decider]
  private var isAsked = false
  private var embedder: Embedder
  private var gate: MotionGate
  private var smoothing: [DecisionSmoothing]
  private var thumbnail: LumaThumbnail
  private var lastTaken: UInt64?

  /// Fails when a head belongs to another backbone.
  public init(
    model: Model, configuration: SessionConfiguration = SessionConfiguration(), heads: [Head],
    settings: Settings = Settings()
  ) throws(PipelineError) {
    let backbone = BackboneIdentity(name: model.name, digest: model.digest, blocks: model.blocks)
    for head in heads {
      do throws(HeadError) { try head.checkBackbone(backbone) } catch { throw .head(error) }
    }
    let embedder = try Embedder(model: model, configuration: configuration)
    deciders = heads.map { Decider($0) }
    self.settings = settings
    self.embedder = embedder
    decisions = Array(repeating: nil, count: heads.count)
    embedding = []
    gate = MotionGate(settings.gate)
    smoothing = Array(repeating: DecisionSmoothing(settings.smoothing), count: heads.count)
    thumbnail = LumaThumbnail()
    lastTaken = nil
  }

  /// What each head says of the last frame alone; empty when the gate held it back. A copy: who keeps it makes the next look
  /// allocate.
  public var saw: [Decision] { isAsked ? deciders.compactMap { $0.decision } : [] }

  /// Looks at the next frame; allocates nothing.
  ///
  /// - Throws: why it cannot be decoded; nothing has changed then.
  public mutating func look(at frame: borrowing Frame) throws(PictureError) -> Look {
    var look = Look()
    let start = monotonicNanoseconds()
    let view = settings.view
    try frame.withBytes { bytes throws(PictureError) in
      try embedder.take(frame: bytes, format: frame.format, view: view)
    }
    let taken = monotonicNanoseconds()
    look.inputTime = taken - start
    embedder.look(into: &thumbnail)
    look.luma = Float(thumbnail.mean)
    look.isMoving = gate.observe(thumbnail.luma)
    let gated = monotonicNanoseconds()
    look.gateTime = gated - taken
    lastTaken = frame.nanoseconds
    isAsked = !look.isMoving
    if look.isMoving {
      look.isChanged = observeAll(.moving, frame.sequence, frame.nanoseconds)
      return look
    }
    embedder.embedTaken(into: &embedding)
    let embedded = monotonicNanoseconds()
    look.embedTime = embedded - gated
    for place in deciders.indices {
      deciders[place].decide(embedding)
      guard let decision = deciders[place].decision else { continue }
      if smoothing[place].observe(.init(decision)) { look.isChanged = true }
      adopt(decision, at: place, frame.sequence, frame.nanoseconds)
    }
    look.decideTime = monotonicNanoseconds() - embedded
    return look
  }

  /// No frame comes; true when that is new.
  public mutating func missPicture() -> Bool {
    gate.forget()
    return observeAll(.noPicture, nil, lastTaken)
  }

  /// Puts other heads in the place of those there are; what was decided is forgotten.
  ///
  /// - Precondition: they belong to the same backbone.
  public mutating func replaceHeads(_ heads: [Head]) {
    deciders = heads.map { Decider($0) }
    isAsked = false
    decisions = Array(repeating: nil, count: heads.count)
    smoothing = Array(repeating: DecisionSmoothing(settings.smoothing), count: heads.count)
  }

  private mutating func observeAll(
    _ observation: DecisionSmoothing.Observation, _ sequence: UInt32?, _ taken: UInt64?
  ) -> Bool {
    var isChanged = false
    for place in deciders.indices {
      if smoothing[place].observe(observation) { isChanged = true }
      decisions[place] = smoothing[place].state.map {
        LiveDecision(state: $0, sequence: sequence, taken: taken)
      }
    }
    return isChanged
  }

  /// A frame that says what was decided is what the decision rests on from now on.
  private mutating func adopt(_ decision: Decision, at place: Int, _ sequence: UInt32, _ taken: UInt64) {
    guard let state = smoothing[place].state,
      DecisionSmoothing.Observation(decision).state == state
    else { return }
    let nearest = decision.ranked.first
    decisions[place] = LiveDecision(
      state: state, confidence: nearest?.confidence, nearest: nearest?.label, sequence: sequence, taken: taken
    )
  }
}

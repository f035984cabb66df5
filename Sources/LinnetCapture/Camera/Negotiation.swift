public import LinnetTensor

/// What came of asking a camera for pictures.
public struct Negotiation: Hashable, Sendable {
  /// What the camera calls itself, and its node.
  public var card: String
  public var path: String
  public var asked: CameraRequest
  /// What the driver sends: another format than that of the frames where they are converted.
  public var code: PixelCode
  /// What the frames are.
  public var format: FrameFormat
  /// `nil` where the driver does not say.
  public var framesPerSecond: Double?

  public init(
    card: String, path: String, asked: CameraRequest, code: PixelCode, format: FrameFormat,
    framesPerSecond: Double?
  ) {
    self.card = card
    self.path = path
    self.asked = asked
    self.code = code
    self.format = format
    self.framesPerSecond = framesPerSecond
  }
}

extension Negotiation: CustomStringConvertible {
  /// As in “HD Webcam (/dev/video0): 1280 × 720 MJPG, 30 frames a second (asked for 1920 × 1080)”.
  public var description: String {
    var text = "\(card) (\(path)): \(format.width) × \(format.height) \(code)"
    if code.format == nil { text += " converted to \(format.pixels.rawValue)" }
    if let framesPerSecond { text += ", \(Self.rate(framesPerSecond)) frames a second" }
    var asked: [String] = []
    if (self.asked.width, self.asked.height) != (format.width, format.height) {
      asked.append("\(self.asked.width) × \(self.asked.height)")
    }
    if let wanted = self.asked.code, wanted != code { asked.append("\(wanted)") }
    if let wanted = self.asked.framesPerSecond, let framesPerSecond,
      abs(Double(wanted) - framesPerSecond) > 0.5
    {
      asked.append("\(wanted) frames a second")
    }
    return asked.isEmpty ? text : text + " (asked for \(asked.joined(separator: ", ")))"
  }

  private static func rate(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    return tenths.truncatingRemainder(dividingBy: 10) == 0 ? "\(Int(tenths / 10))" : "\(tenths / 10)"
  }
}

extension Negotiation {
  /// A format that a camera offers, with the size and the highest rate that it would have.
  struct Candidate: Hashable {
    var code: PixelCode
    var width: Int
    var height: Int
    /// `nil` where the driver does not say.
    var framesPerSecond: Double?
  }

  /// The format that serves `request` at the least cost: colour before grey, what needs no conversion before what
  /// does, the size that is nearest, a rate of at least what was asked (15 where nothing was), then the order of
  /// `leastCost`. `nil` where none can be used.
  static func best(of candidates: [Candidate], for request: CameraRequest) -> Candidate? {
    let rate = request.framesPerSecond.map(Double.init) ?? 15
    func rank(_ candidate: Candidate) -> [Double]? {
      let format = candidate.code.format
      guard format != nil || ConvertibleFormat(candidate.code) != nil else { return nil }
      return [
        format == .grey ? 1 : 0,
        format == nil ? 1 : 0,
        Double(abs(candidate.width - request.width) + abs(candidate.height - request.height)),
        (candidate.framesPerSecond ?? rate) + 0.5 < rate ? 1 : 0,
        Double(format.flatMap { leastCost.firstIndex(of: $0) } ?? leastCost.count),
      ]
    }
    var best: (candidate: Candidate, rank: [Double])?
    for candidate in candidates {
      guard let rank = rank(candidate) else { continue }
      if let best, !rank.lexicographicallyPrecedes(best.rank) { continue }
      best = (candidate, rank)
    }
    return best?.candidate
  }

  /// Formats by the work of a frame, the least first.
  private static let leastCost: [PixelFormat] = [.yuyv, .uyvy, .nv12, .rgb24, .bgr24, .jpeg, .grey]
}

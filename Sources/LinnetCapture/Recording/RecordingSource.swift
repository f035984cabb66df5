internal import CLinux
internal import CV4L2
internal import LinnetTensor

/// Replays a recording: the same frames, and the same that were not whole. For one thread.
public final class RecordingSource: FrameSource {
  /// When a frame is given.
  public enum Pace: Sendable {
    /// As the camera did; what is asked for too late is replaced by newer frames.
    case recorded
    /// As soon as it is asked for, every one.
    case asked
  }

  public let path: String
  public private(set) var statistics = CaptureStatistics()
  private let pace: Pace
  private let interruption: Interruption
  private let descriptor: Int32
  private var sequence = SequenceCount()
  private lazy var pending = readFrame()
  /// What to add to a frame's time for the time of its replay.
  private var shift: UInt64?
  private var converter: (format: linnet_format, converter: FrameConverter)?

  /// Opens a recording.
  public init(
    path: String, pace: Pace = .recorded, interruption: Interruption = Interruption()
  ) throws(CaptureError) {
    self.path = path
    self.pace = pace
    self.interruption = interruption
    descriptor = unsafe linnet_open(path, O_RDONLY, 0)
    guard descriptor >= 0 else {
      switch linnet_errno() {
      case ENOENT, ENOTDIR: throw .noSuchFile(path: path)
      case let code: throw .request("open", code, path: path)
      }
    }
    guard read(RecordedFrame.fileHeader.count) == RecordedFrame.fileHeader else {
      throw .noRecording(path: path)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether the file at `path` begins like a recording.
  public static func isRecording(_ path: String) -> Bool {
    (try? RecordingSource(path: path)) != nil
  }

  public var name: String { lastComponent(path) }

  public var isContinuous: Bool { pace == .recorded }

  public func next(within nanoseconds: UInt64) throws(CaptureError) -> Arrival {
    let now = linnet_monotonic_nanoseconds()
    let deadline = now.addingReportingOverflow(nanoseconds)
    return next(until: deadline.overflow ? .max : deadline.partialValue)
  }

  private func next(until deadline: UInt64) -> Arrival {
    var newest: (frame: RecordedFrame, format: FrameFormat, bytes: [UInt8])?
    while let (header, bytes) = pending {
      let due = time(of: header)
      if due > linnet_monotonic_nanoseconds() {
        if newest != nil { break }
        if interruption.wait(until: min(due, deadline)) { return .end }
        if due > deadline { return .nothing }
      }
      if interruption.isRaised { return .end }
      pending = readFrame()
      statistics.missed += sequence.advance(to: header.sequence)
      guard let (format, bytes) = whole(header, bytes) else {
        statistics.broken += 1
        continue
      }
      if newest != nil { statistics.replaced += 1 }
      newest = (header, format, bytes)
      if pace == .asked { break }
    }
    guard let newest else { return .end }
    statistics.delivered += 1
    return .frame(
      Frame(
        format: newest.format, sequence: newest.frame.sequence,
        nanoseconds: min(time(of: newest.frame), linnet_monotonic_nanoseconds()), bytes: newest.bytes))
  }

  /// When a frame is due; at the latest now, where every frame is given as it is asked for.
  private func time(of header: RecordedFrame) -> UInt64 {
    let now = linnet_monotonic_nanoseconds()
    if pace == .asked { return now }
    let shift = shift ?? now &- header.nanoseconds
    self.shift = shift
    return header.nanoseconds &+ shift
  }

  /// The frame that comes of a record, by the rules that hold for a camera.
  private func whole(_ header: RecordedFrame, _ bytes: [UInt8]) -> (format: FrameFormat, bytes: [UInt8])? {
    guard header.flags & RecordedFrame.broken == 0, let agreement = Agreement(header.format),
      let format = bytes.withRawSpan({ agreement.format(ofPicture: $0) })
    else { return nil }
    guard agreement.conversion != nil else { return (format, bytes) }
    if converter.map({ !agreement.isKept(by: $0.format) }) ?? true {
      converter = FrameConverter(agreement, slots: 1).map { (agreement.driver, $0) }
    }
    guard let converter = converter?.converter else { return nil }
    var picture = bytes
    let converted = unsafe picture.withUnsafeMutableBytes { picture -> [UInt8]? in
      guard let result = unsafe converter.convert(picture, slot: 0) else { return nil }
      return unsafe [UInt8](result)
    }
    return converted.map { (format, $0) }
  }

  private func readFrame() -> (header: RecordedFrame, bytes: [UInt8])? {
    guard let header = read(RecordedFrame.headerBytes).flatMap({ RecordedFrame($0) }),
      let bytes = read(Int(header.byteCount))
    else { return nil }
    return (header, bytes)
  }

  /// `nil` where the file has fewer bytes.
  private func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      // In pieces, so that a length that is wrong takes no more memory than there is file.
      let piece = min(count - bytes.count, 1 << 20)
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: piece))
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe CLinux.read(descriptor, $0.baseAddress! + start, piece)
      }
      if got < 0, linnet_errno() == EINTR {
        bytes.removeLast(piece)
        continue
      }
      guard got > 0 else { return nil }
      bytes.removeLast(piece - got)
    }
    return bytes
  }
}

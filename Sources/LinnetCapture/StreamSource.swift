internal import CLinux
internal import LinnetTensor

/// Frames of a stream of JPEG pictures: standard input, or whoever connects to a socket of this machine.
///
/// Everything that has come is read, and the newest whole picture wins. Of a file on standard input every picture is
/// given: it does not run away.
public final class StreamSource: FrameSource {
  public let name: String
  public private(set) var statistics = CaptureStatistics()

  private let interruption: Interruption
  /// Where senders connect; `nil` of a stream that is there from the start and ends once.
  private let listener: Descriptor?
  private var connection: Descriptor?
  private let drains: Bool
  private var stream = JPEGStream()
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var sequence: UInt32 = 0

  /// Most pieces that are read for one frame, so that a sender that never pauses cannot keep it from being given.
  private static let piecesPerFrame = 256

  /// Standard input.
  public init(standardInput interruption: Interruption) {
    name = "standard input"
    self.interruption = interruption
    listener = nil
    connection = Descriptor(borrowing: 0)
    drains = !isRegularFile(0)
  }

  /// A socket at `address`; one sender at a time, and when it leaves the next one is waited for.
  public init(listeningAt address: StreamAddress, interruption: Interruption) throws(CaptureError) {
    name = address.description
    self.interruption = interruption
    listener = try address.listen()
    drains = true
  }

  public func next(within nanoseconds: UInt64) throws(CaptureError) -> Arrival {
    let deadline = linnet_monotonic_nanoseconds() + nanoseconds
    while true {
      if let frame = takeFrame() { return .frame(frame) }
      guard let waited = connection ?? listener else { return .end }
      switch interruption.wait(for: waited.number, until: deadline) {
      case .interrupted: return .end
      case .elapsed: return .nothing
      case .ready: if connection == nil { connect() } else { receive() }
      }
    }
  }

  /// The newest picture, or the oldest where every one is wanted.
  private func takeFrame() -> Frame? {
    var newest = stream.next()
    var pieces = 0
    while drains, newest != nil, pieces < Self.piecesPerFrame {
      while let newer = stream.next() {
        newest = newer
        sequence &+= 1
        statistics.replaced += 1
      }
      guard let connection, interruption.wait(for: connection.number, until: 0) == .ready else { break }
      pieces += 1
      receive()
    }
    statistics.broken = stream.broken
    guard let newest else { return nil }
    defer { sequence &+= 1 }
    statistics.delivered += 1
    return Frame(
      format: FrameFormat(pixels: .jpeg, width: newest.width, height: newest.height), sequence: sequence,
      nanoseconds: linnet_monotonic_nanoseconds(), bytes: newest.bytes)
  }

  private func connect() {
    guard let accepted = listener?.accept() else { return }
    connection = accepted
    // What the last sender left half sent does not begin a picture of this one.
    stream.restart()
  }

  /// Takes one piece; at the end of the stream the connection is given up.
  private func receive() {
    guard let number = connection?.number else { return }
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
    if count > 0 {
      stream.append(chunk[..<count])
    } else if count == 0 || ![EINTR, EAGAIN].contains(linnet_errno()) {
      connection = nil
    }
  }
}

private func isRegularFile(_ descriptor: Int32) -> Bool {
  var status = stat()
  return unsafe fstat(descriptor, &status) == 0 && Int32(status.st_mode & mode_t(S_IFMT)) == S_IFREG
}

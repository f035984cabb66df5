internal import CLinux

/// A camera by the Linux video API, which is opened again whenever its stream breaks off, until its frames come again.
///
/// For one thread, which is also where frames go away.
public final class CameraSource: FrameSource {
  public private(set) var statistics = CaptureStatistics()
  public private(set) var health = SourceHealth.working
  /// What came of asking; another after the camera was opened again with another result.
  public private(set) var negotiation: Negotiation
  /// Takes down all that the camera gives from now on.
  public var recorder: FrameRecorder?
  private let request: CameraRequest
  private let interruption: Interruption
  private let place: CameraPlace
  private var identity: CameraIdentity
  /// `nil` while waiting for the camera.
  private var stream: CameraStream?
  private var backOff = BackOff()
  /// When to open it again.
  private var nextTry: UInt64 = 0
  /// Since when it is waited for a whole frame; the time that the caller takes for one does not count.
  private var waitsSince: UInt64
  /// Whether the caller has had a frame since it last waited.
  private var hasDelivered = false

  /// Opens the camera and starts its stream. When a request to the driver fails that may succeed a moment later, it is
  /// made again, for up to three seconds; ``health`` tells of it until the first frame.
  public init(_ request: CameraRequest, interruption: Interruption = Interruption()) throws(CaptureError) {
    var place = CameraPlace(request.device)
    let start = linnet_monotonic_nanoseconds()
    var backOff = BackOff()
    var opened: CameraStream?
    while opened == nil {
      do throws(CaptureError) {
        opened = try CameraStream(path: place.find(), request: request)
      } catch {
        let again = backOff.next(after: linnet_monotonic_nanoseconds())
        guard error.mayPass, again < start + 3_000_000_000, !interruption.wait(until: again) else {
          throw error
        }
        if health == .working { health = .waiting(since: start, why: error) }
        statistics.reopened += 1
      }
    }
    let stream = opened!
    self.request = request
    self.interruption = interruption
    place.rememberTwins(of: stream.identity)
    self.place = place
    self.stream = stream
    identity = stream.identity
    negotiation = stream.negotiation(request)
    waitsSince = linnet_monotonic_nanoseconds()
  }

  /// What the camera calls itself.
  public var name: String { negotiation.card }

  public func next(within nanoseconds: UInt64) throws(CaptureError) -> Arrival {
    let deadline = linnet_monotonic_nanoseconds().addingReportingOverflow(nanoseconds)
    return next(until: deadline.overflow ? .max : deadline.partialValue)
  }

  private func next(until deadline: UInt64) -> Arrival {
    if hasDelivered { (hasDelivered, waitsSince) = (false, linnet_monotonic_nanoseconds()) }
    stream?.hasPassedOver = false
    while true {
      guard let stream else {
        if interruption.wait(until: min(nextTry, deadline)) { return .end }
        if nextTry > deadline { return .nothing }
        reopen()
        continue
      }
      let stallTime = waitsSince &+ UInt64(max(request.stallSeconds, 0.001) * 1e9)
      do throws(CaptureError) {
        switch try stream.next(
          until: min(deadline, stallTime), interruption: interruption, counting: &statistics,
          recorder: recorder)
        {
        case .frame(let frame):
          hasDelivered = true
          backOff.reset()
          health = .working
          return .frame(frame)
        case .end: return .end
        case .nothing: break
        }
        let now = linnet_monotonic_nanoseconds()
        if now >= stallTime, stream.queued > 0 {
          throw .stalled(path: stream.path, seconds: request.stallSeconds)
        }
        if now >= deadline { return .nothing }
      } catch {
        let wasWorking = health == .working
        lose(error)
        if wasWorking { return .nothing }
      }
    }
  }

  /// The stream broke off, or could not be opened again.
  private func lose(_ error: CaptureError) {
    let now = linnet_monotonic_nanoseconds()
    stream?.stop()
    stream = nil
    nextTry = backOff.next(after: now)
    if health == .working { health = .waiting(since: now, why: error) }
  }

  private func reopen() {
    do throws(CaptureError) {
      let stream = try CameraStream(path: place.find(identity), request: request)
      self.stream = stream
      identity = stream.identity
      statistics.reopened += 1
      negotiation = stream.negotiation(request)
      waitsSince = linnet_monotonic_nanoseconds()
    } catch {
      lose(error)
    }
  }
}

extension CameraStream {
  fileprivate func negotiation(_ request: CameraRequest) -> Negotiation {
    Negotiation(
      card: identity.card, path: path, asked: request, code: agreement.code,
      format: agreement.frames, framesPerSecond: framesPerSecond)
  }
}

extension CaptureError {
  /// Whether the same may succeed a moment later without a person's doing.
  fileprivate var mayPass: Bool {
    switch self {
    case .requestFailed, .streamFailed, .formatChanged: true
    default: false
    }
  }
}

internal import CLinux
internal import LinnetTensor

/// A camera that is not there: the frames of a ``SceneRenderer``, every one when asked for, or the newest at a rate.
public final class SyntheticScene: FrameSource {
  public let name: String
  public let renderer: SceneRenderer
  public private(set) var statistics = CaptureStatistics()

  private let interruption: Interruption
  private var pace: FramePace
  private var last = -1

  /// - Parameter framesPerSecond: `nil` gives every frame when it is asked for, so that runs are alike.
  public init(_ renderer: SceneRenderer, name: String, framesPerSecond: Double?, interruption: Interruption) {
    self.renderer = renderer
    self.name = name
    self.interruption = interruption
    pace = FramePace(framesPerSecond: framesPerSecond)
  }

  public func next(within nanoseconds: UInt64) throws(CaptureError) -> Arrival {
    let deadline = linnet_monotonic_nanoseconds() + nanoseconds
    while !interruption.isRaised {
      switch pace.due(after: last, now: linnet_monotonic_nanoseconds()) {
      case .at(let time):
        if interruption.wait(until: min(time, deadline)) { return .end }
        if time > deadline { return .nothing }
      case .frame(let number):
        let taken = linnet_monotonic_nanoseconds()
        statistics.replaced += UInt64(number - last - 1)
        statistics.delivered += 1
        last = number
        return .frame(
          Frame(
            format: FrameFormat(pixels: .rgb24, width: renderer.width, height: renderer.height),
            sequence: UInt32(truncatingIfNeeded: number), nanoseconds: taken, bytes: renderer.render(number)))
      }
    }
    return .end
  }
}

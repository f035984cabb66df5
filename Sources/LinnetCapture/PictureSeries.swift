internal import CLinux
public import LinnetTensor

/// Picture files one after the other, as fast as they are asked for or at a rate, as if a camera gave them.
public final class PictureSeries: FrameSource {
  /// A picture's frame; `nil` when the file is none that can be read, which counts as a broken frame.
  public typealias Reader = (String) -> (format: FrameFormat, bytes: [UInt8])?

  public let name: String
  public let isContinuous: Bool
  public private(set) var statistics = CaptureStatistics()
  /// The file of the last frame.
  public private(set) var path: String?

  private let paths: [String]
  private let read: Reader
  private let interruption: Interruption
  private var pace: FramePace
  private var last = -1

  /// - Parameters:
  ///   - framesPerSecond: gives the picture whose time has come and leaves out those whose time has passed; `nil` gives
  ///     every picture when it is asked for.
  public init(
    name: String, paths: [String], framesPerSecond: Double? = nil, interruption: Interruption,
    read: @escaping Reader
  ) {
    self.name = name
    self.paths = paths
    self.read = read
    self.interruption = interruption
    // Pictures with a rate were taken one after the other; those without one need have nothing to do with each other.
    isContinuous = framesPerSecond != nil
    pace = FramePace(framesPerSecond: framesPerSecond)
  }

  public func next(within nanoseconds: UInt64) throws(CaptureError) -> Arrival {
    let deadline = linnet_monotonic_nanoseconds() + nanoseconds
    while !interruption.isRaised, last + 1 < paths.count {
      let now = linnet_monotonic_nanoseconds()
      switch pace.due(after: last, now: now) {
      case .at(let time):
        if interruption.wait(until: min(time, deadline)) { return .end }
        if time > deadline { return .nothing }
      case .frame(let number):
        // The last one is shown, however late.
        let number = min(number, paths.count - 1)
        statistics.replaced += UInt64(number - last - 1)
        last = number
        guard let (format, bytes) = read(paths[number]) else {
          statistics.broken += 1
          continue
        }
        statistics.delivered += 1
        path = paths[number]
        return .frame(
          Frame(
            format: format, sequence: UInt32(truncatingIfNeeded: number),
            nanoseconds: linnet_monotonic_nanoseconds(),
            bytes: bytes))
      }
    }
    return .end
  }
}

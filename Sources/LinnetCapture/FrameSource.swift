/// Where frames come from: a camera, pictures of a folder, a stream, a scene that is made up.
public protocol FrameSource: AnyObject {
  /// What a person calls it.
  var name: String { get }

  /// Whether each frame follows from the one before, as a camera's do and pictures of a folder do not.
  var isContinuous: Bool { get }

  /// Waits for the newest whole frame that was not given yet; what came between is dropped and counted.
  ///
  /// - Parameter nanoseconds: how long to wait at most.
  func next(within nanoseconds: UInt64) throws(CaptureError) -> Arrival

  /// What has been counted since the start.
  var statistics: CaptureStatistics { get }

  /// Whether frames come, or why not. A change of it ends ``next(within:)`` early with ``Arrival/nothing``.
  var health: SourceHealth { get }
}

extension FrameSource {
  public var isContinuous: Bool { true }

  /// A source that cannot come back once it failed is always well.
  public var health: SourceHealth { .working }
}

/// How a source is that recovers by itself.
public enum SourceHealth: Hashable, Sendable {
  case working
  /// No frames for a while, and `why`; the source goes on trying until they come again. `since` is in nanoseconds of
  /// CLOCK_MONOTONIC.
  case waiting(since: UInt64, why: CaptureError)
}

/// What waiting for a frame led to.
public enum Arrival: ~Copyable {
  case frame(Frame)
  /// None came in time; one may come yet.
  case nothing
  /// No more will come.
  case end
}

/// Counts of a source since its start.
public struct CaptureStatistics: Hashable, Sendable {
  /// Frames that were given to the caller.
  public var delivered: UInt64 = 0
  /// Whole frames that a newer one replaced before they were asked for.
  public var replaced: UInt64 = 0
  /// Frames that were not whole.
  public var broken: UInt64 = 0
  /// Frames that never came, by gaps in the source's count.
  public var missed: UInt64 = 0
  /// Times that the source was opened again.
  public var reopened: UInt64 = 0

  public init() {}
}

internal import LinnetCapture
internal import LinnetHead
internal import LinnetImage
internal import LinnetPipeline
internal import LinnetTensor

/// What a run of `linnet watch` tells, as lines, as JSON, or on a screen.
protocol WatchReport: AnyObject {
  /// The extents that a picture should have which is wanted now, beside the frame; `nil` for none.
  var wantedPicture: (width: Int, height: Int)? { get }
  /// What is seen of a frame that was looked at, as it was wanted.
  func picture(_ picture: Picture, of frame: WatchedFrame)
  /// Called often; true when the person who watches has had enough.
  func attend() -> Bool
  /// Something about the source that a person should know.
  func source(_ state: SourceNews, name: String, message: String)
  /// A frame was looked at.
  func frame(_ frame: WatchedFrame)
  /// A decision changed; `frame` is `nil` when it did for want of frames.
  func decision(_ decisions: [LiveDecision?], frame: WatchedFrame?, counts: WatchCounts)
  func stats(_ stats: WatchStatistics)
  func end(_ reason: EndReason, hasRecognised: Bool, counts: WatchCounts)
}

extension WatchReport {
  var wantedPicture: (width: Int, height: Int)? { nil }
  func picture(_ picture: Picture, of frame: WatchedFrame) {}
  func attend() -> Bool { false }
}

enum SourceNews: String {
  case open
  case waiting
  case back
}

enum EndReason: String {
  case count
  case time
  case signal
  case source
}

/// A frame that was looked at, and what came of it.
struct WatchedFrame {
  var sequence: UInt32
  /// Nanoseconds of CLOCK_MONOTONIC.
  var taken: UInt64
  var format: FrameFormat
  /// The file, where it is one.
  var path: String?
  var look: Watcher.Look
  /// What each head says of this frame alone; empty when nobody asked.
  var saw: [Decision]
  var decisions: [LiveDecision?]
  var counts: WatchCounts
}

/// What became of all frames so far.
struct WatchCounts {
  var source: CaptureStatistics
  /// Frames that were whole and could not be decoded.
  var undecodable: UInt64
}

/// How fast it goes.
struct WatchStatistics {
  var seconds: Double
  var frames: UInt64
  var counts: WatchCounts
  var stages: [(name: String, times: DurationHistogram)]

  var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : 0 }
}

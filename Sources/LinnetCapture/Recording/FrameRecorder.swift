internal import CLinux
internal import LinnetTensor

/// Writes what a camera gives to a file, whole or not, for ``RecordingSource`` to replay. RECORDING.md says how.
public final class FrameRecorder {
  public let path: String
  /// Frames that were written.
  public private(set) var frames = 0
  /// Why nothing more is written.
  public private(set) var failure: CaptureError?
  private let descriptor: Int32

  /// Makes the file, or empties it.
  public init(path: String) throws(CaptureError) {
    self.path = path
    descriptor = unsafe linnet_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, code: linnet_errno()) }
    RecordedFrame.fileHeader.withRawSpan { write($0) }
    if let failure { throw failure }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func add(_ frame: RecordedFrame, picture: RawSpan) {
    frame.header.withRawSpan { write($0) }
    write(picture)
    if failure == nil { frames += 1 }
  }

  private func write(_ bytes: RawSpan) {
    var place = 0
    while failure == nil, place < bytes.byteCount {
      let wrote = unsafe bytes.withUnsafeBytes {
        unsafe CLinux.write(descriptor, $0.baseAddress! + place, $0.count - place)
      }
      if wrote > 0 {
        place += wrote
      } else if linnet_errno() != EINTR {
        failure = .cannotWrite(path: path, code: linnet_errno())
      }
    }
  }
}

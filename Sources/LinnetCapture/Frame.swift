public import LinnetTensor

/// One whole frame, lent by its source: the bytes are the source's again when this goes away, so keep it no longer
/// than the frame is looked at.
public struct Frame: ~Copyable {
  public let format: FrameFormat
  /// The source's own count of frames; gaps are frames that never came.
  public let sequence: UInt32
  /// When the frame was taken, nanoseconds of CLOCK_MONOTONIC.
  public let nanoseconds: UInt64
  private let storage: Storage

  private enum Storage: ~Copyable {
    case memory([UInt8])
    case lent(BufferLease)
  }

  /// A frame of bytes in memory.
  ///
  /// - Precondition: as many bytes as `format` wants.
  public init(format: FrameFormat, sequence: UInt32, nanoseconds: UInt64, bytes: [UInt8]) {
    precondition(format.byteCount.map { $0 <= bytes.count } ?? true, "a whole frame")
    self.format = format
    self.sequence = sequence
    self.nanoseconds = nanoseconds
    storage = .memory(bytes)
  }

  /// A frame in a buffer of a camera's stream.
  init(format: FrameFormat, sequence: UInt32, nanoseconds: UInt64, lease: consuming BufferLease) {
    self.format = format
    self.sequence = sequence
    self.nanoseconds = nanoseconds
    storage = .lent(lease)
  }

  public var byteCount: Int {
    switch storage {
    case .memory(let bytes): bytes.count
    case .lent(let lease): lease.byteCount
    }
  }

  /// The bytes, valid inside `body`.
  public func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    switch storage {
    case .memory(let bytes): try bytes.withRawSpan { span throws(E) in try body(span) }
    case .lent(let lease): try lease.withBytes(body)
    }
  }
}

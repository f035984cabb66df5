extension Array where Element: BitwiseCopyable {
  /// Calls `body` with the bytes of the elements as they lie in memory; `Element` has no padding.
  ///
  /// The way to them for every compiler: `Span.bytes` is unsafe to Swift 6.3 and safe to Swift 6.2.
  package func withRawSpan<R: ~Copyable, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try unsafe span.withUnsafeBytes { buffer throws(E) in try unsafe body(buffer.bytes) }
  }
}

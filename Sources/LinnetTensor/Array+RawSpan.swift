extension Array where Element: BitwiseCopyable {
  /// Calls `body` with the bytes of the elements as they lie in memory; `Element` has no padding.
  ///
  /// The way to them for every compiler: `Span.bytes` is unsafe to Swift 6.3 and safe to Swift 6.2. That the array outlives
  /// `body` is said, because the optimiser does not see it through the pointer between the two spans.
  package func withRawSpan<R: ~Copyable, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    return try unsafe span.withUnsafeBytes { buffer throws(E) in try unsafe body(buffer.bytes) }
  }
}

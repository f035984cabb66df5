internal import CLinux

extension Session {
  /// Runs as ``run()`` does on one thread, and adds the nanoseconds of each step of ``steps`` to `nanoseconds`.
  ///
  /// The clock is read between steps, which costs some tens of nanoseconds each.
  /// - Precondition: `nanoseconds` has as many elements as ``steps``, and the session one thread.
  public func run(addingTo nanoseconds: inout [UInt64]) {
    precondition(nanoseconds.count == steps.count && threads == 1, "one thread, and a place for every step")
    var begun = linnet_monotonic_nanoseconds()
    for step in nanoseconds.indices {
      runStep(step)
      let ended = linnet_monotonic_nanoseconds()
      nanoseconds[step] += ended - begun
      begun = ended
    }
  }
}

extension Session {
  /// Runs as ``run()`` does on one thread, and adds the nanoseconds of each of ``stages`` to `nanoseconds`.
  ///
  /// The clock is read between stages, for a step over strips of rows in every strip, which costs some tens of
  /// nanoseconds each time.
  /// - Precondition: `nanoseconds` has as many elements as ``stages``, and the session one thread.
  public func run(addingTo nanoseconds: inout [UInt64]) {
    precondition(nanoseconds.count == stages.count && threads == 1, "one thread, and a place for every stage")
    unsafe nanoseconds.withUnsafeMutableBufferPointer { times in
      for step in 0..<program.stepCount { unsafe program.run(step: step, times: times) }
    }
  }
}

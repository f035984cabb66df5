internal import CLinux
internal import LinnetRuntime

/// What runs took, one after another or with pauses.
struct RunTimes {
  /// Of each run, in order.
  private(set) var milliseconds: [Double]
  /// Processor time of all threads, a run.
  let processorMilliseconds: Double
  /// Processor time in the pause after a run; `nil` where there are no pauses.
  let pausedMilliseconds: Double?

  /// Runs back to back. Nothing is allocated and no system call made between runs.
  init(_ session: Session, runs: Int) {
    RunTimes.warm(session, runs)
    var times = [UInt64](repeating: 0, count: runs + 1)
    let begun = processorNanoseconds()
    times[0] = linnet_monotonic_nanoseconds()
    for run in 1...runs {
      session.run()
      times[run] = linnet_monotonic_nanoseconds()
    }
    processorMilliseconds = Double(processorNanoseconds() - begun) / Double(runs) / 1e6
    milliseconds = (0..<runs).map { Double(times[$0 + 1] - times[$0]) / 1e6 }
    pausedMilliseconds = nil
  }

  /// Begins `rate` runs a second and sleeps in between.
  init(_ session: Session, runs: Int, rate: Double) {
    RunTimes.warm(session, runs)
    milliseconds = []
    let period = UInt64(1e9 / rate)
    let first = linnet_monotonic_nanoseconds() + period
    var (running, paused, last) = (UInt64(0), UInt64(0), processorNanoseconds())
    for run in 0...UInt64(runs) {
      sleep(until: first + run * period)
      let waited = processorNanoseconds()
      paused += waited - last
      if run == runs { break }
      let begun = linnet_monotonic_nanoseconds()
      session.run()
      milliseconds.append(Double(linnet_monotonic_nanoseconds() - begun) / 1e6)
      last = processorNanoseconds()
      running += last - waited
    }
    processorMilliseconds = Double(running) / Double(runs) / 1e6
    pausedMilliseconds = Double(paused) / Double(runs + 1) / 1e6
  }

  /// `share` of the runs took no longer.
  func quantile(_ share: Double) -> Double {
    let sorted = milliseconds.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  var median: Double {
    let sorted = milliseconds.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private static func warm(_ session: Session, _ runs: Int) {
    for _ in 0..<min(20, runs) { session.run() }
  }
}

/// What all threads of this process have used of the processors.
func processorNanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

private func sleep(until nanoseconds: UInt64) {
  while true {
    let now = linnet_monotonic_nanoseconds()
    guard nanoseconds > now else { return }
    var pause = timespec(
      tv_sec: Int((nanoseconds - now) / 1_000_000_000), tv_nsec: Int((nanoseconds - now) % 1_000_000_000))
    unsafe nanosleep(&pause, nil)
  }
}

internal import CLinux
internal import LinnetKernels

/// The pace of an instruction set's multiply loop on one thread of this machine: what shares of the peak are shares of.
struct Peak {
  let kernel: PeakKernel
  /// 10⁹ multiply-accumulates a second.
  let gmacsPerSecond: Double

  var instructionSet: InstructionSet { kernel.instructionSet }
}

/// Measures a peak in rounds of some 5 ms, of which the best counts: short enough that one of them is left alone on a
/// busy machine, above all when they are spread over the time of what is compared with them.
struct PeakMeter {
  private let kernel: PeakKernel
  /// Rounds of the kernel in one of ours.
  private let count: Int
  private var best: Double

  init(_ instructionSet: InstructionSet) {
    kernel = PeakKernel.best(instructionSet)
    var count = 1024
    var took = PeakMeter.time(kernel, count)
    while took.nanoseconds < 500_000 {
      count *= 2
      took = PeakMeter.time(kernel, count)
    }
    self.count = max(1, Int(Double(count) * 5e6 / took.nanoseconds))
    best = took.pace
  }

  mutating func measure(rounds: Int) {
    for _ in 0..<rounds { best = max(best, PeakMeter.time(kernel, count).pace) }
  }

  /// The best so far.
  var peak: Peak { Peak(kernel: kernel, gmacsPerSecond: best) }

  private static func time(_ kernel: PeakKernel, _ count: Int) -> (nanoseconds: Double, pace: Double) {
    let begun = linnet_monotonic_nanoseconds()
    let work = kernel(rounds: count, activation: 1, weight: 1)
    let nanoseconds = Double(max(1, linnet_monotonic_nanoseconds() - begun))
    return (nanoseconds, Double(work.multiplyAccumulates) / nanoseconds)
  }
}

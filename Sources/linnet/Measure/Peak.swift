internal import CLinux
internal import LinnetKernels

/// The pace of an instruction set's multiply loop on one thread of this machine: what shares of the peak are shares of.
struct Peak {
  let kernel: PeakKernel
  /// 10⁹ multiply-accumulates a second.
  let gmacsPerSecond: Double

  var instructionSet: InstructionSet { kernel.instructionSet }

  /// The best of `rounds` rounds of some 5 ms each: short enough that one of them is left alone on a busy machine.
  static func measure(_ instructionSet: InstructionSet, rounds: Int = 20) -> Peak {
    let kernel = PeakKernel.best(instructionSet)
    var count = 1024
    var nanoseconds = time(kernel, count).nanoseconds
    while nanoseconds < 500_000 {
      count *= 2
      nanoseconds = time(kernel, count).nanoseconds
    }
    count = max(1, Int(Double(count) * 5e6 / Double(nanoseconds)))
    let best = (0..<max(rounds, 1)).map { _ in
      let round = time(kernel, count)
      return Double(round.multiplyAccumulates) / Double(max(round.nanoseconds, 1))
    }
    return Peak(kernel: kernel, gmacsPerSecond: best.max() ?? 0)
  }

  private static func time(
    _ kernel: PeakKernel, _ rounds: Int
  ) -> (multiplyAccumulates: Int, nanoseconds: UInt64) {
    let begun = linnet_monotonic_nanoseconds()
    let work = kernel(rounds: rounds, activation: 1, weight: 1)
    return (work.multiplyAccumulates, linnet_monotonic_nanoseconds() - begun)
  }
}

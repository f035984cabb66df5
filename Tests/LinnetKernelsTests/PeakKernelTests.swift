import LinnetKernels
import Testing

/// The loops that others are measured by really multiply and add, as often as they say.
@Suite struct PeakKernelTests {
  @Test(arguments: PeakKernel.all.filter { $0.instructionSet.isSupported })
  func everyProductIsInTheSum(kernel: PeakKernel) {
    let once = kernel(rounds: 1, activation: 1, weight: 1)
    #expect(once.multiplyAccumulates >= 12 && Int(once.sum) == once.multiplyAccumulates)
    for (rounds, activation, weight) in [(0, 5, 5), (1, 127, -127), (7, 3, 100), (100_003, 127, -127)] {
      let work = kernel(rounds: rounds, activation: Int8(activation), weight: Int8(weight))
      #expect(work.multiplyAccumulates == rounds * once.multiplyAccumulates)
      #expect(work.sum == Int32(truncatingIfNeeded: work.multiplyAccumulates * activation * weight))
    }
  }

  @Test func everyInstructionSetHasOne() {
    for instructionSet in InstructionSet.allCases where instructionSet.isSupported {
      #expect(PeakKernel.best(instructionSet).instructionSet == instructionSet)
    }
  }
}

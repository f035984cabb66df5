import CLinux
import LinnetKernels
import Testing

/// `LINNET_REQUIRE_ISA`: the instruction set that this machine must have, where a skipped kernel would be a fault.
private let requiredInstructionSet = unsafe getenv("LINNET_REQUIRE_ISA").map { unsafe String(cString: $0) }

@Suite struct InstructionSetTests {
  @Test func theReferenceRunsEverywhere() {
    #expect(InstructionSet.reference.isSupported)
    #expect(InstructionSet.best.isSupported)
  }

  @Test(.enabled(if: requiredInstructionSet != nil, "LINNET_REQUIRE_ISA is not set"))
  func theRequiredOneRunsHere() throws {
    #expect(try #require(InstructionSet(name: requiredInstructionSet ?? "")).isSupported)
  }

  @Test func namesAreUniqueAndFound() {
    for instructionSet in InstructionSet.allCases {
      #expect(InstructionSet(name: instructionSet.name) == instructionSet)
    }
    #expect(InstructionSet(name: "mmx") == nil)
  }

  @Test func everyOperatorBeginsWithItsReference() {
    #expect(GemmKernel.all.first?.instructionSet == .reference)
    #expect(DepthwiseKernel.all.first?.instructionSet == .reference)
    #expect(AddKernel.all.first?.instructionSet == .reference)
    #expect(PeakKernel.all.first?.instructionSet == .reference)
  }

  @Test func theSymbolEndsInTheInstructionSet() {
    for (name, instructionSet) in GemmKernel.all.map({ ($0.name, $0.instructionSet) })
      + DepthwiseKernel.all.map({ ($0.name, $0.instructionSet) })
      + AddKernel.all.map({ ($0.name, $0.instructionSet) })
      + PeakKernel.all.map({ ($0.name, $0.instructionSet) })
    {
      #expect(name.hasSuffix("__" + instructionSet.name))
    }
  }
}

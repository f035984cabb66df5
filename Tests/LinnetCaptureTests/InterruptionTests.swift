import CLinux
import Testing

@testable import LinnetCapture

@Suite struct InterruptionTests {
  @Test func staysRaised() {
    let interruption = Interruption()
    #expect(!interruption.isRaised)
    #expect(!interruption.wait(until: linnet_monotonic_nanoseconds() + 1_000_000))
    interruption.raise()
    interruption.raise()
    #expect(interruption.isRaised && interruption.isRaised)
    #expect(interruption.wait(until: .max))
  }

  @Test func everyoneHasTheirOwn() {
    let first = Interruption()
    let second = Interruption()
    first.raise()
    #expect(first.isRaised && !second.isRaised)
  }
}

import Testing

@testable import LinnetRuntime

@Suite struct StepTests {
  /// Running must not count references.
  @Test func stepsAndStagesArePlainBits() {
    #expect(_isPOD(Step.self))
    #expect(_isPOD(Stage.self))
  }

  /// Every element falls to exactly one part, in order.
  @Test func sharesCoverEverythingOnce() {
    for count in [1, 5, 12, 13, 49, 100, 12_544] {
      for parts in [1, 2, 3, 7, 64] {
        for unit in [1, 12, 16, 64] {
          var next = 0
          for part in 0..<parts {
            let share = Step.share(count, part: part, of: parts, unit: unit)
            #expect(share.lowerBound == next || share.isEmpty)
            next = max(next, share.upperBound)
          }
          #expect(next == count, "\(count) in \(parts) parts of \(unit)")
        }
      }
    }
  }
}

import Testing

@testable import LinnetCapture

@Suite struct ExposureSettlingTests {
  /// The state after each mean luma, one frame every 100 ms.
  private static func states(_ means: [Float]) -> [ExposureSettling.State] {
    var settling = ExposureSettling(frames: 3, levels: 4, limitSeconds: 1)
    return means.enumerated().map {
      settling.add(meanLuma: $0.element, nanoseconds: 1_000_000_000 + UInt64($0.offset) * 100_000_000)
    }
  }

  @Test func settlesWhenTheMeanStandsStill() {
    #expect(Self.states([20, 60, 90, 100, 102, 103, 10]).firstIndex(of: .settled) == 5)
    #expect(Self.states([20, 60, 90, 100, 102, 103, 10]).last == .settled)
  }

  @Test func blackFramesAreNoPictureYet() {
    #expect(Self.states([0, 0, 0, 0, 0, 80, 81, 81]).firstIndex(of: .settled) == 7)
  }

  @Test func doesNotWaitForEver() {
    let restless = Self.states((0..<20).map { $0 % 2 == 0 ? 50 : 150 })
    #expect(restless.firstIndex(of: .outOfTime) == 10)
    #expect(Self.states([Float](repeating: 1, count: 20)).last == .outOfTime)
    #expect(Self.states([.nan, .nan, .nan, .nan]).allSatisfy { $0 == .settling })
  }
}

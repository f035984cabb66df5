import Testing

@testable import LinnetCapture

@Suite struct BackOffTests {
  @Test func atOnceThenLongerUpToASecond() {
    var backOff = BackOff()
    let pauses = (0..<7).map { _ in (backOff.next(after: 5_000_000_000) - 5_000_000_000) / 1_000_000 }
    #expect(pauses == [0, 100, 200, 400, 800, 1000, 1000])
    backOff.reset()
    #expect(backOff.next(after: 7) == 7)
  }
}

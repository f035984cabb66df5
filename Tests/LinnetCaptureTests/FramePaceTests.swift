import Testing

@testable import LinnetCapture

@Suite struct FramePaceTests {
  @Test func withoutARateEveryFrameIsDue() {
    var pace = FramePace(framesPerSecond: nil)
    let due = (0..<3).map { pace.due(after: $0 - 1, now: 77) }
    #expect(due == [.frame(0), .frame(1), .frame(2)])
  }

  @Test func atARateTheNewestIsDue() {
    var pace = FramePace(framesPerSecond: 10)
    let tenth: UInt64 = 100_000_000
    #expect(pace.due(after: -1, now: 5) == .frame(0))
    #expect(pace.due(after: 0, now: 5 + tenth / 2) == .at(5 + tenth))
    #expect(pace.due(after: 0, now: 5 + tenth) == .frame(1))
    #expect(pace.due(after: 1, now: 5 + 4 * tenth + 1) == .frame(4))
    #expect(pace.due(after: 4, now: 5 + 4 * tenth + 2) == .at(5 + 5 * tenth))
  }
}

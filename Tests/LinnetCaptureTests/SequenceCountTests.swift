import Testing

@testable import LinnetCapture

@Suite struct SequenceCountTests {
  @Test(
    arguments: [
      ([0, 1, 2], 0), ([5, 6, 9], 2), ([.max - 1, .max, 0, 2], 1), ([7, 7, 7], 0), ([100, 0, 1], 0),
      ([0, 0x8000_0000, 0x8000_0002], 1),
    ] as [([UInt32], UInt64)])
  func gapsAreFrames(numbers: [UInt32], missed: UInt64) {
    var count = SequenceCount()
    #expect(numbers.reduce(0) { $0 + count.advance(to: $1) } == missed)
  }
}

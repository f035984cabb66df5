import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct FrameTests {
  @Test func lendsItsBytes() {
    let format = FrameFormat(pixels: .grey, width: 3, height: 1)
    let frame = Frame(format: format, sequence: 7, nanoseconds: 1, bytes: [1, 2, 3])
    #expect(frame.byteCount == format.byteCount)
    let last = frame.withBytes { unsafe $0.unsafeLoad(fromByteOffset: 2, as: UInt8.self) }
    #expect(last == 3)
  }
}

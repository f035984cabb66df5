import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct FrameTests {
  @Test func lendsItsBytes() {
    let format = FrameFormat(pixels: .grey, width: 3, height: 1)
    let frame = Frame(format: format, sequence: 7, nanoseconds: 1, bytes: [1, 2, 3])
    #expect(frame.byteCount == format.byteCount)
    #expect(frame.withBytes { bytes in bytes.unsafeLoad(fromByteOffset: 2, as: UInt8.self) } == 3)
  }
}

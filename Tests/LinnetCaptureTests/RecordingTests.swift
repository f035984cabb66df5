import CLinux
import CV4L2
import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct RecordingTests {
  /// A path for a file of a test, which goes away with the value.
  private struct File: ~Copyable {
    let path: String
    init() { path = "/tmp/linnet-recording-\(getpid())-\(UInt32.random(in: 0 ... .max))" }
    deinit { _ = unsafe unlink(path) }
  }

  private static let format = linnet_format(
    code: PixelCode(.grey).rawValue, width: 2, height: 1, field: V4L2_FIELD_NONE.rawValue, bytes_per_row: 2,
    byte_count: 2, is_709: false, is_full_range: true)

  private static func buffer(_ sequence: UInt32, milliseconds: UInt64, flags: Int32 = 0) -> linnet_buffer {
    linnet_buffer(
      index: 0, flags: UInt32(flags), sequence: sequence, data_offset: 0, bytes_used: 2, length: 2,
      map_offset: 0,
      nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
  }

  /// Frames 7, 8 (broken), 9 (short), 12.
  private static func record(_ path: String) throws {
    let recorder = try FrameRecorder(path: path)
    func add(_ buffer: linnet_buffer, _ bytes: [UInt8], _ format: linnet_format = format) {
      bytes.withRawSpan { recorder.add(RecordedFrame(format, buffer, byteCount: bytes.count), picture: $0) }
    }
    add(buffer(7, milliseconds: 0), [0x10, 0xF0])
    add(buffer(8, milliseconds: 10, flags: V4L2_BUF_FLAG_ERROR), [1, 2])
    add(buffer(9, milliseconds: 20), [1])
    add(buffer(12, milliseconds: 50), [3, 4])
    #expect(recorder.frames == 4 && recorder.failure == nil)
  }

  private static func bytes(_ frame: borrowing Frame) -> [UInt8] {
    frame.withBytes { span in
      (0..<span.byteCount).map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
  }

  @Test func whatWasBrokenIsBrokenAgain() throws {
    let file = File()
    try Self.record(file.path)
    #expect(RecordingSource.isRecording(file.path))
    let source = try RecordingSource(path: file.path, pace: .asked)
    var frames: [(sequence: UInt32, bytes: [UInt8], format: FrameFormat)] = []
    loop: while true {
      switch try source.next(within: 1_000_000_000) {
      case .frame(let frame): frames.append((frame.sequence, Self.bytes(frame), frame.format))
      case .nothing: Issue.record("a recording does not wait")
      case .end: break loop
      }
    }
    #expect(frames.map(\.sequence) == [7, 12])
    #expect(frames.map(\.bytes) == [[0x10, 0xF0], [3, 4]])
    #expect(
      frames[0].format
        == FrameFormat(
          pixels: .grey, width: 2, height: 1, colour: ColourEncoding(matrix: .bt601, range: .full)))
    #expect(
      source.statistics.broken == 2 && source.statistics.missed == 2 && source.statistics.delivered == 2)
  }

  @Test func whatIsAskedForTooLateIsReplaced() throws {
    let file = File()
    try Self.record(file.path)
    let source = try RecordingSource(path: file.path)
    guard case .frame(let first) = try source.next(within: 0) else {
      Issue.record("the first frame is due at once")
      return
    }
    #expect(first.sequence == 7)
    usleep(60_000)
    guard case .frame(let second) = try source.next(within: 0) else {
      Issue.record("the last frame is due")
      return
    }
    #expect(second.sequence == 12 && second.nanoseconds - first.nanoseconds == 50_000_000)
  }

  @Test func theDocumentIsTrue() throws {
    let document = String(decoding: try bytes(of: Self.document), as: UTF8.self)
    let codes = document.split(separator: "\n").filter { $0.hasPrefix("    ") }.flatMap { line in
      line.prefix { $0 != "," }.split(separator: " ").prefix { $0.count == 2 }.compactMap {
        UInt8($0, radix: 16)
      }
    }
    let file = File()
    let recorder = try FrameRecorder(path: file.path)
    let pixels: [UInt8] = [0x10, 0xF0]
    pixels.withRawSpan {
      recorder.add(RecordedFrame(Self.format, Self.buffer(7, milliseconds: 0), byteCount: 2), picture: $0)
    }
    #expect(try bytes(of: file.path) == codes)
  }

  private static let document =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    + "/Sources/LinnetCapture/Recording/RECORDING.md"

  private func bytes(of path: String) throws -> [UInt8] {
    let descriptor = unsafe linnet_open(path, O_RDONLY, 0)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe CLinux.read(descriptor, $0.baseAddress, $0.count)
    }
    return Array(bytes[..<max(count, 0)])
  }

  @Test func everyCutEndsBeforeTheFrameThatIsCut() throws {
    let file = File()
    try Self.record(file.path)
    let whole = try bytes(of: file.path)
    for count in (0...whole.count).reversed() {
      #expect(unsafe truncate(file.path, count) == 0)
      if count < RecordedFrame.fileHeader.count {
        #expect(throws: CaptureError.noRecording(path: file.path)) { try RecordingSource(path: file.path) }
        continue
      }
      let source = try RecordingSource(path: file.path, pace: .asked)
      while case .frame = try source.next(within: 0) {}
      #expect(source.statistics.delivered == (count == whole.count ? 2 : count >= 66 ? 1 : 0), "\(count)")
    }
  }

  @Test func whatIsNoRecordingIsSaid() throws {
    #expect(throws: CaptureError.noSuchFile(path: "/nowhere")) { try RecordingSource(path: "/nowhere") }
    #expect(throws: CaptureError.noRecording(path: #filePath)) { try RecordingSource(path: #filePath) }
    #expect(throws: CaptureError.cannotWrite(path: "/nowhere/a", code: ENOENT)) {
      try FrameRecorder(path: "/nowhere/a")
    }
    #expect(!RecordingSource.isRecording(#filePath) && !RecordingSource.isRecording("/"))
  }

  @Test func anInterruptionEndsIt() throws {
    let file = File()
    try Self.record(file.path)
    let interruption = Interruption()
    let source = try RecordingSource(path: file.path, interruption: interruption)
    interruption.raise()
    guard case .end = try source.next(within: .max) else {
      Issue.record("goes on")
      return
    }
  }

  /// Recordings of every kind of format with some bytes changed: no crash, no hang, and no frame with fewer bytes than
  /// its format has.
  @Test(arguments: ["MJPG", "YUYV", "NV12", "GREY", "YU12", "RGBP", "BA81", "Y10B"])
  func damagedRecordingsAreReadAsFarAsTheyGo(letters: String) throws {
    let file = File()
    var random = Randoms(seed: 6)
    let bytes = Self.recording(of: try #require(PixelCode(letters: letters)))
    for _ in 0..<200 {
      var bytes = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0 ... .max, using: &random)
      }
      bytes.removeLast(.random(in: 0..<40, using: &random))
      try Self.write(bytes, to: file.path)
      guard let source = try? RecordingSource(path: file.path, pace: .asked) else { continue }
      while case .frame(let frame) = try source.next(within: 0) {
        #expect(frame.byteCount >= frame.format.byteCount ?? 4)
      }
      #expect(source.statistics.delivered + source.statistics.broken <= 3)
    }
  }

  /// Three frames of 16 × 16 pixels.
  private static func recording(of code: PixelCode) -> [UInt8] {
    let jpeg: [UInt8] =
      [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
      + [UInt8](repeating: 7, count: 40) + [0xFF, 0xD9]
    let picture = code == PixelCode(.jpeg) ? jpeg : [UInt8](repeating: 99, count: 16 * 16 * 2)
    var format = format
    (format.code, format.width, format.height, format.bytes_per_row) = (code.rawValue, 16, 16, 0)
    return (0..<3).reduce(into: RecordedFrame.fileHeader) { bytes, number in
      let frame = RecordedFrame(format, buffer(UInt32(number), milliseconds: 0), byteCount: picture.count)
      bytes += frame.header + picture
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = unsafe linnet_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let wrote = unsafe bytes.withUnsafeBytes { unsafe CLinux.write(descriptor, $0.baseAddress, $0.count) }
    #expect(wrote == bytes.count)
  }
}

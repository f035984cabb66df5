import CLinux
import Glibc
import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct PictureSeriesTests {
  private func series(_ count: Int, rate: Double? = nil, interruption: Interruption = Interruption())
    -> PictureSeries
  {
    PictureSeries(
      name: "series", paths: (0..<count).map { "\($0)" }, framesPerSecond: rate, interruption: interruption
    ) { path in
      path == "1" ? nil : (FrameFormat(pixels: .grey, width: 1, height: 1), [UInt8(path)!])
    }
  }

  @Test func givesEveryPictureInItsOrder() throws {
    let series = series(4)
    #expect(!series.isContinuous)
    var sequences: [UInt32] = []
    while case .frame(let frame) = try series.next(within: 0) { sequences.append(frame.sequence) }
    // The second cannot be read.
    #expect(sequences == [0, 2, 3])
    #expect(series.statistics.delivered == 3 && series.statistics.broken == 1)
    #expect(series.path == "3")
  }

  @Test func atARateWhatIsLateIsLeftOut() throws {
    let series = series(100, rate: 1000)
    #expect(series.isContinuous)
    var last: UInt32 = 0
    while case .frame(let frame) = try series.next(within: 1_000_000_000) {
      last = frame.sequence
      usleep(3000)
    }
    #expect(last == 99)
    let statistics = series.statistics
    #expect(statistics.replaced > 0)
    #expect(statistics.delivered + statistics.broken + statistics.replaced == 100)
  }

  @Test func waitsNoLongerThanItMay() throws {
    let series = series(10, rate: 0.01)
    guard case .frame = try series.next(within: 0) else { return #expect(Bool(false)) }
    guard case .nothing = try series.next(within: 1_000_000) else { return #expect(Bool(false)) }
  }

  @Test func anInterruptionEndsIt() throws {
    let interruption = Interruption()
    let series = series(10, rate: 0.01, interruption: interruption)
    interruption.raise()
    guard case .end = try series.next(within: 60_000_000_000) else { return #expect(Bool(false)) }
  }
}

@Suite struct StreamSourceTests {
  /// A socket of this test's own.
  private static func path() -> String { "/tmp/linnet-stream-\(getpid())-\(UInt32.random(in: 0 ... .max))" }

  /// Connects to a Unix socket and sends.
  private static func send(_ bytes: [UInt8], to path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let status = unsafe withUnsafeBytes(of: address) { bytes in
      unsafe connect(
        descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
    try #require(status == 0)
    let wrote = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    try #require(wrote == bytes.count)
  }

  @Test func theNewestOfASenderWinsAndTheNextSenderIsWaitedFor() throws {
    let path = Self.path()
    defer { unsafe unlink(path) }
    let source = try StreamSource(listeningAt: .unix(path: path), interruption: Interruption())
    guard case .nothing = try source.next(within: 0) else { return #expect(Bool(false)) }
    let pictures = (1...5).map { JPEGStreamTests.picture(width: $0) }
    // What the first sender leaves half sent does not spoil what the second one sends.
    try Self.send(Array(pictures[0..<3].joined()) + pictures[0].dropLast(4), to: path)
    guard case .frame(let frame) = try source.next(within: 1_000_000_000) else { return #expect(Bool(false)) }
    #expect(frame.format.width == 3 && frame.format.pixels == .jpeg)
    #expect(source.statistics.replaced == 2)
    try Self.send(pictures[4], to: path)
    guard case .frame(let other) = try source.next(within: 1_000_000_000) else { return #expect(Bool(false)) }
    #expect(other.format.width == 5 && other.sequence > frame.sequence)
    #expect(source.statistics.delivered == 2 && source.statistics.broken == 1)
  }

  @Test func aSocketThatIsLeftOverIsReplacedAndOneInUseIsNot() throws {
    let path = Self.path()
    defer { unsafe unlink(path) }
    let first = try StreamSource(listeningAt: .unix(path: path), interruption: Interruption())
    #expect(throws: CaptureError.cannotListen(address: "unix:\(path)", code: EADDRINUSE)) {
      _ = try StreamSource(listeningAt: .unix(path: path), interruption: Interruption())
    }
    _ = consume first
    _ = try StreamSource(listeningAt: .unix(path: path), interruption: Interruption())
  }

  @Test func anInterruptionEndsIt() throws {
    let path = Self.path()
    defer { unsafe unlink(path) }
    let interruption = Interruption()
    let source = try StreamSource(listeningAt: .unix(path: path), interruption: interruption)
    interruption.raise()
    guard case .end = try source.next(within: 60_000_000_000) else { return #expect(Bool(false)) }
  }

  @Test(arguments: [
    ("tcp:8090", StreamAddress.tcp(port: 8090)), ("unix:/run/x", .unix(path: "/run/x")), ("tcp:0", nil),
    ("tcp:99999", nil), ("tcp:host:1", nil), ("unix:", nil), ("http://x", nil),
  ])
  func addresses(text: String, address: StreamAddress?) {
    #expect(StreamAddress(text) == address)
    if let address { #expect(address.description == text) }
  }
}

import LinnetCapture
import LinnetHead
import LinnetImage
import LinnetModel
import LinnetTensor
import Testing

@testable import LinnetPipeline

@Suite struct WatcherTests {
  private static func frame(_ kind: Int, _ number: Int, sequence: UInt32 = 0) -> Frame {
    let picture = stripes(kind, number)
    return Frame(
      format: FrameFormat(pixels: .rgb24, width: picture.width, height: picture.height), sequence: sequence,
      nanoseconds: UInt64(sequence) * 1_000_000, bytes: picture.pixels)
  }

  /// A head that knows two kinds of stripes, and what it was learned from.
  private static func head() throws -> Head {
    var embedder = try Embedder(model: backbone())
    var embeddings: [[Float]] = []
    for kind in 0..<2 { for number in 0..<5 { embeddings.append(embedder.embed(stripes(kind, number))) } }
    let model = try backbone()
    return try Teacher.learn(
      embeddings, labels: (0..<10).map { "kind \($0 / 5)" }, method: .prototype,
      backbone: BackboneIdentity(name: model.name, digest: model.digest, blocks: model.blocks))
  }

  @Test func framesBecomeADecisionThatHolds() throws {
    var settings = Watcher.Settings()
    settings.gate = .open
    var watcher = try Watcher(model: backbone(), heads: [Self.head()], settings: settings)
    var changes: [UInt32] = []
    for sequence in 0..<8 as Range<UInt32> {
      // The third frame shows something else for a moment.
      let look = try watcher.look(at: Self.frame(sequence == 5 ? 0 : 1, 6, sequence: sequence))
      #expect(watcher.saw.first?.label == (sequence == 5 ? "kind 0" : "kind 1"))
      if look.isChanged { changes.append(sequence) }
    }
    #expect(changes == [2])
    let decision = try #require(watcher.decisions[0])
    #expect(decision.label == "kind 1" && decision.nearest == "kind 1")
    #expect(decision.sequence == 7 && decision.taken == 7_000_000)
    #expect(try #require(decision.confidence) > 0.5)
  }

  @Test func aMovingSceneIsNotAsked() throws {
    var watcher = try Watcher(model: backbone(), heads: [Self.head()])
    #expect(try !watcher.look(at: Self.frame(0, 0)).isMoving)
    let look = try watcher.look(at: Self.frame(3, 9, sequence: 1))
    #expect(look.isMoving && look.isChanged && watcher.saw.isEmpty && look.embedTime == 0)
    #expect(watcher.decisions == [LiveDecision(state: .moving, sequence: 1, taken: 1_000_000)])
  }

  @Test func noPictureIsSaidOnce() throws {
    var watcher = try Watcher(model: backbone(), heads: [Self.head()])
    _ = try watcher.look(at: Self.frame(0, 0, sequence: 4))
    #expect([watcher.missPicture(), watcher.missPicture()] == [true, false])
    #expect(watcher.decisions == [LiveDecision(state: .noPicture, taken: 4_000_000)])
    // The scene may have changed meanwhile: that is no motion.
    #expect(try !watcher.look(at: Self.frame(3, 9, sequence: 5)).isMoving)
  }

  @Test func singleFramesAnswerEachForItself() throws {
    var watcher = try Watcher(model: backbone(), heads: [Self.head()], settings: .single)
    for kind in [0, 1, 0] {
      #expect(try watcher.look(at: Self.frame(kind, 6)).isChanged)
      #expect(watcher.decisions[0]?.label == "kind \(kind)")
    }
  }

  @Test func whatCannotBeDecodedChangesNothing() throws {
    var watcher = try Watcher(model: backbone(), heads: [Self.head()], settings: .single)
    _ = try watcher.look(at: Self.frame(0, 5))
    let before = watcher.decisions
    let frame = Frame(
      format: FrameFormat(pixels: .jpeg, width: 96, height: 96), sequence: 1, nanoseconds: 1,
      bytes: [0xFF, 0xD8, 9])
    #expect(throws: PictureError.self) { try watcher.look(at: frame) }
    #expect(watcher.decisions == before)
  }

  @Test func headsCanBeReplacedAndLeftOut() throws {
    var watcher = try Watcher(model: backbone(), heads: [], settings: .single)
    _ = try watcher.look(at: Self.frame(0, 5))
    #expect(watcher.saw.isEmpty)
    #expect(!watcher.embedding.isEmpty)
    watcher.replaceHeads([try Self.head()])
    #expect(watcher.decisions == [nil])
    #expect(try watcher.look(at: Self.frame(0, 5)).isChanged)
  }

  @Test func aHeadOfAnotherBackboneIsRefused() throws {
    let other = BackboneIdentity(name: "other", digest: "sha256:" + String(repeating: "1", count: 64))
    let head = try Teacher.learn(
      [[1, 0], [0, 1]], labels: ["a", "b"], method: .prototype, backbone: other)
    #expect(throws: PipelineError.self) { _ = try Watcher(model: backbone(), heads: [head]) }
  }
}

@Suite struct FrameCaptureTests {
  private static func frame(_ bytes: [UInt8]) -> Frame {
    Frame(
      format: FrameFormat(pixels: .jpeg, width: 96, height: 96), sequence: 0, nanoseconds: 0, bytes: bytes)
  }

  @Test func aJPEGThatNeedsNoChangeIsKeptAsItIs() throws {
    let bytes = try jpeg(0, 0)
    #expect(try Self.frame(bytes).capture(.plain) == bytes)
  }

  @Test func aJPEGWithoutItsTablesBecomesAWholeFile() throws {
    var bytes = try jpeg(0, 0)
    var place = 2
    while bytes[place + 1] != 0xDA {
      let length = 2 + Int(bytes[place + 2]) << 8 + Int(bytes[place + 3])
      if bytes[place + 1] == 0xC4 {
        bytes.removeSubrange(place..<place + length)
      } else {
        place += length
      }
    }
    #expect(!hasHuffmanTables(bytes))
    let capture = try Self.frame(bytes).capture(.plain)
    #expect(hasHuffmanTables(capture))
    let (one, other) = (try Picture.decode(capture), try Picture.decode(try jpeg(0, 0)))
    let difference = zip(one.pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(Double(difference) / Double(one.pixels.count) < 12)
  }

  @Test func aViewIsKeptAsItIsSeen() throws {
    let view = FrameView(rotation: .quarter, crop: .pixels(Region(x: 0, y: 0, width: 30, height: 50)))
    let picture = try Picture.decode(try Self.frame(try jpeg(1, 0)).capture(view))
    #expect((picture.width, picture.height) == (30, 50))
  }

  @Test(
    arguments: [[], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xC4, 0, 0], [0xFF, 0xD8, 1, 2, 3, 4, 5]] as [[UInt8]])
  func hostileBytesHaveAnAnswer(_ bytes: [UInt8]) {
    #expect(hasHuffmanTables(bytes) == (bytes.count == 6))
  }
}

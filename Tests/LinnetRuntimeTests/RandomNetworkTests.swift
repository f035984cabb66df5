import CLinux
import LinnetKernels
import LinnetModel
import LinnetRuntime
import LinnetTensor
import Testing

/// A thousand random networks: whatever the instruction set, the number of threads and the plan, the bytes are those
/// that the reference kernels give on one thread, operator by operator.
///
/// `LINNET_NETWORKS` is their number, `LINNET_SEED` the first one's seed.
@Suite struct RandomNetworkTests {
  static let count = setting("LINNET_NETWORKS") ?? usualCount
  static let firstSeed = UInt64(setting("LINNET_SEED") ?? 1)
  /// Each is tested for itself, so that cores share them.
  static let portions = 8

  @Test(arguments: 0..<portions)
  func everyWayToRunGivesTheReferencesBytes(portion: Int) throws {
    for index in stride(from: portion, to: RandomNetworkTests.count, by: RandomNetworkTests.portions) {
      let network = try RandomNetwork(seed: RandomNetworkTests.firstSeed &+ UInt64(index))
      let model = try network.model()
      let inputs = network.inputs(count: model.inputShape.count)
      let expected = try outputs(of: model, inputs, .plainest)
      for configuration in SessionConfiguration.variations(network.seed) {
        let found = try outputs(of: model, inputs, configuration)
        guard found != expected else { continue }
        let place = zip(found.joined(), expected.joined()).enumerated().first { $0.element.0 != $0.element.1 }
        Issue.record(
          """
          \(configuration.text): byte \(place?.offset ?? -1) of \(expected[0].count) a picture differs. \
          LINNET_SEED=\(network.seed) LINNET_NETWORKS=1: \(network.text)
          """)
        return
      }
    }
  }

  /// What the networks must hold for the test above to mean something.
  @Test func theNetworksAreVariedAndTheirOutputsToo() throws {
    let networks = min(RandomNetworkTests.count, 300)
    var kinds: [String: Int] = [:]
    var (blocks, residualBlocks, chains, repeating, rich) = (0, 0, 0, 0, 0)
    var tapped: [Int: Int] = [:]
    for seed in 1...UInt64(networks) {
      let network = try RandomNetwork(seed: seed)
      let model = try network.model()
      let steps = model.graph.operators
      for kind in Set(steps.map(\.kind.name)) { kinds[kind, default: 0] += 1 }
      blocks += steps.isFollowed(by: ["convolution", "depthwise", "convolution"]) ? 1 : 0
      residualBlocks += steps.isFollowed(by: ["convolution", "depthwise", "convolution", "add"]) ? 1 : 0
      chains += steps.isFollowed(by: ["depthwise", "convolution", "depthwise"]) ? 1 : 0
      repeating += network.text.contains(" r") ? 1 : 0
      tapped[min(2, model.graph.taps.count), default: 0] += 1
      let output = try outputs(of: model, network.inputs(count: model.inputShape.count), .plainest)[0]
      rich += Set(output).count * 4 >= min(output.count, 64) ? 1 : 0
      #expect(try RandomNetwork(seed: seed).bytes == network.bytes)
    }
    guard networks == 300 else { return }
    for kind in [
      "fully_connected", "mean", "softmax", "average_pool", "maximum_pool", "concatenation", "add",
    ] {
      #expect(kinds[kind, default: 0] >= 20, "\(kind): \(kinds)")
    }
    for kind in ["pad", "reshape", "requantise", "dequantise"] {
      #expect(kinds[kind, default: 0] >= 5, "\(kind): \(kinds)")
    }
    #expect(blocks >= 90 && residualBlocks >= 30 && chains >= 30, "\(blocks) \(residualBlocks) \(chains)")
    #expect(repeating >= 100, "\(repeating) networks with repeats")
    #expect(tapped[1, default: 0] >= 60 && tapped[2, default: 0] >= 20, "\(tapped) networks with taps")
    #expect(rich >= 240, "\(rich) networks with many different codes")
  }

  private func outputs(
    of model: Model, _ inputs: [[UInt8]], _ configuration: SessionConfiguration
  ) throws -> [[UInt8]] {
    let session = try Session(model: model, configuration: configuration)
    return inputs.map { input in
      session.fill(input)
      session.run()
      return session.outputBytes + session.tapBytes
    }
  }

  #if DEBUG
    private static let usualCount = 100
  #else
    private static let usualCount = 1000
  #endif

  private static func setting(_ name: String) -> Int? {
    unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
  }
}

extension SessionConfiguration {
  /// The reference kernels on one thread, no operators fused.
  fileprivate static var plainest: SessionConfiguration {
    SessionConfiguration(threads: 1, instructionSet: .reference, plan: .unfused)
  }

  /// Every instruction set once, the other choices in turn: over the networks each meets each, and a network drawn
  /// again meets the same.
  fileprivate static func variations(_ seed: UInt64) -> [SessionConfiguration] {
    InstructionSet.allCases.filter(\.isSupported).enumerated().compactMap { place, instructionSet in
      // The reference is slow, and its work as one thread does it is what the rest is compared with.
      if instructionSet == .reference, seed % 4 != 0 { return nil }
      var turn = Turn(seed &+ UInt64(place))
      return SessionConfiguration(
        threads: turn.take([1, 2, 3, 1, 7, 2]), instructionSet: instructionSet,
        plan: turn.take([
          .automatic, .fused(strip: 1), .fused(strip: 3), .unfused, .fused(strip: 2), .automatic,
        ]),
        cacheBytes: turn.take([4096, 65_536, 1_048_576]))
    }
  }

  fileprivate var text: String {
    "\(instructionSet?.name ?? "best"), \(threads) threads, \(plan.map { "\($0)" } ?? "usual plan"), cache \(cacheBytes ?? 0)"
  }
}

/// Picks from list after list so that counting up meets every combination.
private struct Turn {
  private var count: UInt64

  init(_ count: UInt64) {
    self.count = count
  }

  mutating func take<T>(_ choices: [T]) -> T {
    defer { count /= UInt64(choices.count) }
    return choices[Int(count % UInt64(choices.count))]
  }
}

extension RandomNetwork {
  fileprivate func model() throws -> Model {
    do { return try Model(bytes: bytes) } catch {
      Issue.record("LINNET_SEED=\(seed) LINNET_NETWORKS=1: \(error.description): \(text)")
      throw error
    }
  }

  /// Two inputs: noise, and noise of the extremes.
  fileprivate func inputs(count: Int) -> [[UInt8]] {
    var random = SplitMix(seed: ~seed)
    return [
      (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) },
      (0..<count).map { _ in random.pick(0x80, 0x81, 0xFF, 0x00, 0x7F) },
    ]
  }
}

extension [Operator] {
  /// Whether operators of these kinds follow one another somewhere, each reading the one before.
  fileprivate func isFollowed(by kinds: [String]) -> Bool {
    indices.dropLast(kinds.count - 1).contains { first in
      kinds.indices.allSatisfy { place in
        let step = self[first + place]
        return step.kind.name == kinds[place]
          && (place == 0 || step.inputs.contains(self[first + place - 1].output))
      }
    }
  }
}

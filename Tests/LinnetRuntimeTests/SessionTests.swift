import LinnetKernels
import LinnetModel
import LinnetRuntime
import LinnetTensor
import Testing

@Suite struct SessionTests {
  private func model() throws -> Model { try Model(path: Fixtures.path("classifier.linnet")) }

  @Test func aWrongThreadCountIsAnError() throws {
    let model = try model()
    for threads in [0, -1, 65] {
      #expect(throws: SessionError.threads(threads, limit: 64)) {
        try Session(model: model, configuration: SessionConfiguration(threads: threads))
      }
    }
  }

  @Test func repeatedRunsGiveTheSameBytes() throws {
    let session = try Session(model: model(), configuration: SessionConfiguration(threads: 2))
    let input = (0..<session.model.inputShape.count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    session.fill(input)
    session.run()
    let first = session.outputBytes
    for _ in 0..<200 {
      session.fill(input)
      session.run()
      #expect(session.outputBytes == first)
    }
  }

  @Test func theEmbeddingIsTheOutputInRealNumbers() throws {
    let model = try Model(path: Fixtures.path("fully-connected.linnet"))
    let session = try Session(model: model)
    session.run()
    var embedding: [Float] = []
    session.copyEmbedding(into: &embedding)
    let quantisation = try #require(model.graph.tensors[model.graph.output].quantisation)
    #expect(embedding == session.outputBytes.map { quantisation.real(Int8(bitPattern: $0)) })
  }

  @Test func sessionsComeAndGo() throws {
    let model = try model()
    for round in 0..<50 {
      let session = try Session(
        model: model, configuration: SessionConfiguration(threads: 1 + round % 5, instructionSet: .reference))
      if round % 2 == 0 { session.run() }
    }
  }

  @Test(arguments: ["classifier", "pools", "cascade-1", "residual", "mean-codes", "concatenations"])
  func keptTensorsAreThereAfterARun(name: String) throws {
    let model = try Model(path: Fixtures.path(name + ".linnet"))
    let input = (0..<model.inputShape.count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 3) }
    func run(keeping tensors: [Int]) throws -> Session {
      var configuration = SessionConfiguration(threads: 2, plan: .fused(strip: 2))
      configuration.keptTensors = tensors
      let session = try Session(model: model, configuration: configuration)
      session.fill(input)
      session.run()
      return session
    }
    let usual = try run(keeping: [])
    let all = try run(keeping: Array(model.graph.tensors.indices))
    #expect(all.outputBytes == usual.outputBytes && all.arenaBytes >= usual.arenaBytes)
    for tensor in model.graph.tensors.indices {
      var (one, other): ([Float], [Float]) = ([], [])
      all.copy(tensor: tensor, into: &one)
      let session = try run(keeping: [tensor])
      session.copy(tensor: tensor, into: &other)
      #expect(one == other && one.count == model.graph.tensors[tensor].shape.count)
      #expect(session.outputBytes == usual.outputBytes)
    }
  }

  @Test func theFeatureMapsMeanIsTheEmbedding() throws {
    let model = try Model(path: Fixtures.path("mean-real.linnet"))
    let map = try #require(model.graph.featureMap)
    var configuration = SessionConfiguration()
    configuration.keptTensors = [map]
    let session = try Session(model: model, configuration: configuration)
    session.fill((0..<model.inputShape.count).map { UInt8(truncatingIfNeeded: $0 &* 29) })
    session.run()
    var (values, embedding): ([Float], [Float]) = ([], [])
    session.copy(tensor: map, into: &values)
    session.copyEmbedding(into: &embedding)
    let positions = values.count / embedding.count
    #expect(positions > 1)
    for channel in embedding.indices {
      let sum = (0..<positions).reduce(Float(0)) { $0 + values[$1 * embedding.count + channel] }
      #expect(abs(sum / Float(positions) - embedding[channel]) < 1e-4)
    }
    #expect(try Model(path: Fixtures.path("average-whole.linnet")).graph.featureMap != nil)
    for name in ["pointwise", "classifier"] {
      #expect(try Model(path: Fixtures.path(name + ".linnet")).graph.featureMap == nil)
    }
  }

  @Test func stepsTellTheirKernels() throws {
    let session = try Session(model: model(), configuration: SessionConfiguration(instructionSet: .reference))
    #expect(session.stages.contains { $0.kernel.hasSuffix("__reference") })
    #expect(session.stages.allSatisfy { !$0.name.isEmpty })
    #expect(session.arenaBytes >= session.activationBytes)
  }
}

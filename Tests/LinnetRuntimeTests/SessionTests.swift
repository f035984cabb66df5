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

  @Test func stepsTellTheirKernels() throws {
    let session = try Session(model: model(), configuration: SessionConfiguration(instructionSet: .reference))
    #expect(session.stages.contains { $0.kernel.hasSuffix("__reference") })
    #expect(session.stages.allSatisfy { !$0.name.isEmpty })
    #expect(session.arenaBytes >= session.activationBytes)
  }
}

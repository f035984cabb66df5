import LinnetKernels
import LinnetModel
import Testing

@testable import LinnetRuntime

@Suite struct RowReachTests {
  /// By the definition of a window, row for row.
  @Test func inputRowsAreThoseUnderTheWindows() {
    for height in 1...9 {
      for kernel in 1...5 {
        for stride in 1...3 {
          for pad in 0..<kernel {
            let output = (height + 2 * pad - kernel) / stride + 1
            guard height + 2 * pad >= kernel else { continue }
            let reach = RowReach(
              kernel: kernel, stride: stride, padTop: pad, inputHeight: height, outputHeight: output)
            for first in 0..<output {
              for end in first + 1...output {
                let seen = Set(
                  (first..<end).flatMap { row in row * stride - pad..<row * stride - pad + kernel }
                )
                .intersection(0..<height)
                let rows = reach.inputRows(for: first..<end)
                #expect(seen.isEmpty ? rows.isEmpty : rows == seen.min()!..<seen.max()! + 1)
                #expect(rows.count <= reach.inputRows(count: end - first))
              }
            }
          }
        }
      }
    }
  }
}

@Suite struct ExecutionPlanTests {
  static let choices: [PlanChoice] = [.automatic, .unfused, .fused(strip: 1), .fused(strip: 4)]

  private func plan(_ graph: Graph, threads: Int = 1, cacheBytes: Int = 1_048_576, _ choice: PlanChoice)
    -> ExecutionPlan
  {
    let chains = OperatorChains(graph)
    let cost = StepCost(
      chains: chains, instructionSet: .avx512vnni, threads: threads, cacheBytes: cacheBytes)
    return ExecutionPlan(chains, cost: cost, choice: choice)
  }

  @Test(arguments: Fixtures.names) func everyOperatorIsInOneStep(name: String) throws {
    let graph = try Model(path: Fixtures.path(name + ".linnet")).graph
    for choice in ExecutionPlanTests.choices {
      for threads in [1, 2, 7] {
        let steps = plan(graph, threads: threads, choice).steps
        #expect(steps.flatMap { Array($0.operators) } == Array(graph.operators.indices))
        if choice == .unfused { #expect(steps.allSatisfy { $0.operators.count == 1 }) }
      }
    }
  }

  /// What passes through a ring is read by nobody but the next operator of the step.
  @Test(arguments: Fixtures.names) func ringsAreReadByTheNextOnly(name: String) throws {
    let graph = try Model(path: Fixtures.path(name + ".linnet")).graph
    for step in plan(graph, .fused(strip: 2)).steps {
      for index in step.operators where step.isInRing(index) {
        let tensor = graph.operators[index].output
        let readers = graph.operators.indices.filter { graph.operators[$0].inputs.contains(tensor) }
        #expect(readers == [index + 1] && tensor != graph.output)
      }
    }
  }

  /// The backbone that the repository ships: with a small cache no expanded tensor reaches the arena.
  @Test func aSmallerCacheNeedsASmallerArena() throws {
    let graph = try Model(path: Fixtures.shippedModel).graph
    let bytes = [262_144, 1_048_576, 1 << 30].map { cache in
      MemoryPlan(TensorStorage(graph, plan(graph, cacheBytes: cache, .automatic)).lifetimes).byteCount
    }
    #expect(bytes == bytes.sorted())
    #expect(bytes[0] * 3 < bytes[2])
  }

  @Test(arguments: [("512K", 524_288), ("1M", 1_048_576), ("65536", 65_536), ("1024M", 1 << 30)])
  func cacheSizesRead(text: String, bytes: Int) {
    #expect(SessionConfiguration.bytes(text) == bytes)
  }

  @Test(arguments: ["", "K", "0", "-1", "1K", "4095", "2G", "1.5M", "99999999999999999999", "1025M", " 1M"])
  func whatIsNoCacheSize(text: String) {
    #expect(SessionConfiguration.bytes(text) == nil)
  }

  @Test func plansRead() {
    #expect(PlanChoice("automatic") == .automatic)
    #expect(PlanChoice("unfused") == .unfused)
    #expect(PlanChoice("4") == .fused(strip: 4))
    for text in ["", "0", "-1", "fused", "4097", "1.5"] { #expect(PlanChoice(text) == nil) }
  }
}

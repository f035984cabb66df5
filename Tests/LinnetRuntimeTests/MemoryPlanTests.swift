import LinnetKernels
import LinnetModel
import Testing

@testable import LinnetRuntime

@Suite struct MemoryPlanTests {
  /// The dumb oracle: no two tensors that live together share a byte.
  private func overlaps(_ lifetimes: [MemoryPlan.Lifetime], _ plan: MemoryPlan) -> Bool {
    for a in lifetimes.indices {
      for b in lifetimes.indices where a < b && lifetimes[a].steps.overlaps(lifetimes[b].steps) {
        let (startA, startB) = (plan.offsets[a], plan.offsets[b])
        if startA < startB + lifetimes[b].byteCount && startB < startA + lifetimes[a].byteCount {
          return true
        }
      }
    }
    return false
  }

  @Test func randomLifetimesNeverOverlap() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let lifetimes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
        let first = Int.random(in: 0...30, using: &generator)
        return MemoryPlan.Lifetime(
          byteCount: Int.random(in: 1...5000, using: &generator),
          steps: first...first + Int.random(in: 0...9, using: &generator))
      }
      let plan = MemoryPlan(lifetimes)
      #expect(!overlaps(lifetimes, plan))
      #expect(zip(plan.offsets, lifetimes).allSatisfy { $0 % 64 == 0 && $0 + $1.byteCount <= plan.byteCount })
    }
  }

  @Test func aChainNeedsItsTwoLargestNeighbours() {
    let lifetimes = [100, 600, 300, 64].enumerated().map {
      MemoryPlan.Lifetime(byteCount: $1 * 64, steps: max(0, $0 - 1)...$0)
    }
    #expect(MemoryPlan(lifetimes).byteCount == 900 * 64)
  }

  @Test(arguments: Fixtures.names) func networksNeverOverlap(name: String) throws {
    let graph = try Model(path: Fixtures.path(name + ".linnet")).graph
    let chains = OperatorChains(graph)
    for (choice, threads) in [
      (PlanChoice.automatic, 1), (.automatic, 2), (.unfused, 1), (.fused(strip: 2), 1),
    ] {
      let cost = StepCost(chains: chains, instructionSet: .reference, threads: threads, cacheBytes: 65_536)
      let plan = ExecutionPlan(chains, cost: cost, choice: choice)
      #expect(plan.steps.flatMap { Array($0.operators) } == Array(graph.operators.indices))
      let storage = TensorStorage(graph, plan)
      #expect(!overlaps(storage.lifetimes, MemoryPlan(storage.lifetimes)))
    }
  }
}

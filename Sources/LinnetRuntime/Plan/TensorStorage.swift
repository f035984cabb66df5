internal import LinnetModel

/// Which tensors share storage in the arena, and from when to when each storage is in use.
struct TensorStorage {
  /// The storage of each tensor: a reshape's output lies where its input does; `nil` for a tensor that lives only
  /// in a ring.
  let places: [Int?]
  let lifetimes: [MemoryPlan.Lifetime]

  /// - Parameter kept: tensors that are to be read after the last step, as the output is.
  init(_ graph: Graph, _ plan: ExecutionPlan, kept: [Int] = []) {
    var root = Array(graph.tensors.indices)
    for step in graph.operators {
      if case .reshape = step.kind { root[step.output] = root[step.inputs[0]] }
    }
    var first = [Int](repeating: Int.max, count: graph.tensors.count)
    var last = [Int](repeating: 0, count: graph.tensors.count)
    var isInRing = [Bool](repeating: false, count: graph.tensors.count)
    first[root[graph.input]] = 0
    for (time, step) in plan.steps.enumerated() {
      for index in step.operators {
        let source = graph.operators[index]
        first[root[source.output]] = min(first[root[source.output]], time)
        last[root[source.output]] = max(last[root[source.output]], time)
        for input in source.inputs { last[root[input]] = max(last[root[input]], time) }
        isInRing[source.output] = step.isInRing(index)
      }
    }
    for tensor in [graph.output] + graph.taps + kept { last[root[tensor]] = plan.steps.count }
    var places = [Int?](repeating: nil, count: graph.tensors.count)
    var lifetimes: [MemoryPlan.Lifetime] = []
    for tensor in graph.tensors.indices where root[tensor] == tensor && !isInRing[tensor] {
      places[tensor] = lifetimes.count
      lifetimes.append(
        MemoryPlan.Lifetime(
          byteCount: graph.tensors[tensor].byteCount + Program.slack,
          steps: min(first[tensor], last[tensor])...max(first[tensor], last[tensor])))
    }
    self.places = root.map { places[$0] }
    self.lifetimes = lifetimes
  }
}

extension ExecutionPlan.Step {
  /// Whether the output of operator `index` never leaves the thread that makes it.
  func isInRing(_ index: Int) -> Bool {
    guard case .rows = division else { return false }
    return index < operators.upperBound - 1
  }
}

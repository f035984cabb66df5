internal import LinnetKernels
internal import LinnetModel
internal import LinnetSafetensors
internal import LinnetTensor

/// What a step is expected to cost, for comparing plans of one network on one machine.
///
/// The unit is a cycle of a core with two 512-bit dot products a cycle. Four things count: arithmetic, rows that two
/// threads both compute because their windows overlap, bytes that go through memory beyond the cache, and what every
/// strip and every barrier costs beside its work.
struct StepCost {
  let chains: OperatorChains
  let instructionSet: InstructionSet
  let threads: Int
  /// Bytes of the second-level cache that a thread can count on.
  let cacheBytes: Int

  /// Cycles a byte, read or written, in tensors that stay in the cache and in those that do not.
  private static let cachedByte = 0.016
  private static let uncachedByte = 0.08
  /// A meeting of all threads, and starting one operator on one strip.
  private static let barrier = 4000.0
  private static let start = 150.0

  private var graph: Graph { chains.graph }

  func cycles(of step: ExecutionPlan.Step) -> Double {
    let meeting = threads > 1 ? StepCost.barrier : 0
    let traffic = boundaryTraffic(step.operators) / Double(threads)
    switch step.division {
    case .none: return work(step.operators.lowerBound) + boundaryTraffic(step.operators) + meeting
    case .positions:
      let index = step.operators.lowerBound
      let shape = output(index).shape
      return work(index) * share(of: shape.height * shape.width, unit: 6) + traffic + meeting
    case .channels:
      let index = step.operators.lowerBound
      let inside = step.operators.dropLast().reduce(0) { $0 + 2 * self.traffic(graph.operators[$1].output) }
      let work = step.operators.reduce(0) { $0 + self.work($1) }
      return work * share(of: output(index).shape.channels, unit: 64) + traffic + inside / Double(threads)
        + meeting
    case .rows(let strip): return streamed(step.operators, strip: strip) + traffic + meeting
    }
  }

  /// Depth-first over strips: the thread with the most rows.
  private func streamed(_ operators: Range<Int>, strip: Int) -> Double {
    let height = chains.outputHeight(operators.upperBound - 1)
    var rows = (height + threads - 1) / threads
    var stripRows = min(strip, rows)
    let strips = Double((rows + stripRows - 1) / stripRows)
    var total = 0.0
    var ringBytes = 0
    for index in operators.reversed() {
      let share = Double(rows) / Double(max(1, chains.outputHeight(index)))
      total += work(index) * share
      total += strips * (StepCost.start + preparation(index))
      if index < operators.upperBound - 1 {
        ringBytes += stripRows * chains.outputRowBytes(index)
        total += StepCost.cachedByte * 2 * Double(chains.outputRowBytes(index) * rows)
      }
      rows = chains.reaches[index].inputRows(count: rows)
      stripRows = chains.reaches[index].inputRows(count: stripRows)
    }
    if operators.count > 1, ringBytes > cacheBytes / 2 {
      total += (StepCost.uncachedByte - StepCost.cachedByte) * 2 * Double(ringBytes) * strips
    }
    return total
  }

  /// What an operator does anew for every strip: its weights come from the second-level cache again, and a depthwise
  /// kernel lays its weights out.
  private func preparation(_ index: Int) -> Double {
    switch graph.operators[index].kind {
    case .convolution(_, _, let weights): return Double(weights.packed.byteCount) / 64
    case .depthwise(_, let weights): return Double(weights.packed.byteCount) / 64 * 8
    default: return 0
    }
  }

  /// Arithmetic of the whole operator.
  private func work(_ index: Int) -> Double {
    let step = graph.operators[index]
    let shape = output(index).shape
    let positions = shape.height * shape.width
    switch step.kind {
    case .convolution(_, let groups, let weights):
      let n = shape.channels / groups
      let tiling = GemmTiling.best(instructionSet, m: positions, n: n, kGroups: weights.depthGroups)
      return Double(groups) * tiling.estimatedCycles(m: positions, kGroups: weights.depthGroups)
    case .fullyConnected(let weights):
      return Double(weights.packed.byteCount) * StepCost.uncachedByte
    case .depthwise(let window, _):
      let taps = window.kernel.width * ((window.kernel.height + 3) / 4)
      return Double(positions * ((shape.channels + 15) / 16)) * (Double(taps) * 0.6 + 2)
    case .add: return Double(shape.count) / 16
    default: return Double(shape.count) / 2
    }
  }

  /// The greatest thread's share of `count` things handed out by `unit`.
  private func share(of count: Int, unit: Int) -> Double {
    let units = (count + unit - 1) / unit
    return Double((units + threads - 1) / threads) / Double(units)
  }

  private func boundaryTraffic(_ operators: Range<Int>) -> Double {
    var total = traffic(graph.operators[operators.upperBound - 1].output)
    for index in operators {
      for input in graph.operators[index].inputs
      where !operators.contains(where: { graph.operators[$0].output == input }) {
        total += traffic(input)
      }
    }
    return total
  }

  private func traffic(_ tensor: Int) -> Double {
    let bytes = graph.tensors[tensor].byteCount
    return Double(bytes) * (bytes > cacheBytes / 2 ? StepCost.uncachedByte : StepCost.cachedByte)
  }

  private func output(_ index: Int) -> TensorDescription { graph.tensors[graph.operators[index].output] }
}

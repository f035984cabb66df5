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
  private(set) var threads: Int
  /// Bytes of the second-level cache that a thread can count on.
  let cacheBytes: Int
  /// Arithmetic of each whole operator.
  private let work: [Double]
  /// Groups of output channels of each operator that a step by channels hands out.
  private let groups: [Int]

  init(chains: OperatorChains, instructionSet: InstructionSet, threads: Int, cacheBytes: Int) {
    self.chains = chains
    self.instructionSet = instructionSet
    self.threads = threads
    self.cacheBytes = cacheBytes
    let operators = chains.graph.operators
    work = operators.map { StepCost.work(of: $0, chains.graph, instructionSet) }
    groups = operators.map { StepCost.groups(of: $0, chains.graph, instructionSet, threads: threads) }
  }

  /// Cycles a byte, read or written, in tensors that stay in the cache and in those that do not.
  private static let cachedByte = 0.016
  private static let uncachedByte = 0.08
  /// Cycles a byte that another core has written last.
  private static let crossingByte = 0.2
  /// A meeting of all threads, and starting one operator on one strip.
  private static let barrier = 4000.0
  private static let start = 150.0

  private var graph: Graph { chains.graph }

  func cycles(of step: ExecutionPlan.Step) -> Double {
    let operators = step.operators
    let meeting = threads > 1 ? StepCost.barrier : 0
    switch step.division {
    case .none: return work(operators) + traffic(operators, isInsideToo: true) + meeting
    case .positions:
      let shape = output(operators.lowerBound).shape
      return work(operators) * share(of: shape.height * shape.width)
        + traffic(operators, isInsideToo: true) / Double(threads) + meeting
    case .channels:
      return work(operators) * share(of: groups[operators.lowerBound])
        + traffic(operators, isInsideToo: true) / Double(threads) + crossing(operators) + meeting
    case .rows(let strip):
      return streamed(operators, strip: strip) + traffic(operators, isInsideToo: false) / Double(threads)
        + meeting
    }
  }

  /// Whether several threads together save more than their meeting costs.
  func isWorthDividing(_ step: ExecutionPlan.Step) -> Bool {
    var alone = self
    alone.threads = 1
    return alone.cycles(of: step) > 2 * StepCost.barrier
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
      total += work[index] * Double(rows) / Double(max(1, chains.outputHeight(index)))
      total += strips * (StepCost.start + preparation(index))
      if index < operators.upperBound - 1 {
        ringBytes += stripRows * chains.outputRowBytes(index)
        total += StepCost.cachedByte * 2 * Double(chains.outputRowBytes(index) * rows)
      }
      rows = chains.reaches[index].inputRows(count: rows)
      stripRows = chains.reaches[index].inputRows(count: stripRows)
    }
    // What rings take from the cache comes back from beyond it once; rings larger than it do so in every strip.
    let misses = Double(ringBytes) * (ringBytes > cacheBytes / 2 ? 2 * strips : 1)
    return total + misses * (StepCost.uncachedByte - StepCost.cachedByte)
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

  private func work(_ operators: Range<Int>) -> Double { operators.reduce(0) { $0 + work[$1] } }

  private static func work(of step: Operator, _ graph: Graph, _ instructionSet: InstructionSet) -> Double {
    let shape = graph.tensors[step.output].shape
    let positions = shape.height * shape.width
    switch step.kind {
    case .convolution(_, let groups, let weights):
      let tiling = GemmTiling.best(
        instructionSet, m: positions, n: shape.channels / groups, kGroups: weights.depthGroups)
      return Double(groups) * tiling.estimatedCycles(m: positions, kGroups: weights.depthGroups)
    case .fullyConnected(let weights):
      return Double(weights.packed.byteCount) * StepCost.uncachedByte
    case .depthwise(let window, _):
      let taps = window.kernel.width * ((window.kernel.height + 3) / 4)
      return Double(positions * ((shape.channels + 15) / 16)) * (Double(taps) * 0.6 + 2)
    case .add: return Double(shape.count) / 16
    case .mean: return Double(graph.tensors[step.inputs[0]].shape.count) / 16
    case .statistics: return Double(graph.tensors[step.inputs[0]].shape.count) / 4
    default: return Double(shape.count) / 2
    }
  }

  private static func groups(
    of step: Operator, _ graph: Graph, _ instructionSet: InstructionSet, threads: Int
  ) -> Int {
    let shape = graph.tensors[step.output].shape
    switch step.kind {
    case .convolution(_, _, let weights), .fullyConnected(let weights):
      return GemmTiling.best(
        instructionSet, m: shape.height * shape.width, n: shape.channels, kGroups: weights.depthGroups,
        parts: threads
      ).groups
    default: return (shape.channels + 63) / 64
    }
  }

  /// The greatest thread's share of `count` things.
  private func share(of count: Int) -> Double {
    Double((count + threads - 1) / threads) / Double(count)
  }

  /// Bytes to and from the arena: what a step reads there and leaves there, and where it has no rings what passes
  /// between its operators. Where that is too much for half the cache, nobody finds anything of it later.
  private func traffic(_ operators: Range<Int>, isInsideToo: Bool) -> Double {
    func byteCount(_ tensor: Int) -> Int { graph.tensors[tensor].byteCount }
    let made = operators.map { graph.operators[$0].output }
    let read = operators.flatMap { graph.operators[$0].inputs }.filter { !made.contains($0) }
    let inside = isInsideToo ? made.dropLast().reduce(0) { $0 + byteCount($1) } : 0
    let outside = (made.suffix(1) + read).reduce(0) { $0 + byteCount($1) }
    let isCached = outside + inside <= cacheBytes / 2
    return Double(outside + 2 * inside) * (isCached ? StepCost.cachedByte : StepCost.uncachedByte)
  }

  /// What threads that share channels read of each other's: all of them need the whole input, and all channels of the
  /// output come together again in the next step. Rows and positions stay with the thread that makes them.
  private func crossing(_ operators: Range<Int>) -> Double {
    let input = graph.tensors[graph.operators[operators.lowerBound].inputs[0]].byteCount
    let output = graph.tensors[graph.operators[operators.upperBound - 1].output].byteCount
    return Double((input + output) * (threads - 1)) / Double(threads) * StepCost.crossingByte
  }

  private func output(_ index: Int) -> TensorDescription { graph.tensors[graph.operators[index].output] }
}

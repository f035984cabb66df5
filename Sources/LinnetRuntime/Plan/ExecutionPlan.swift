internal import LinnetKernels
internal import LinnetModel

/// Which operators run together, over which rows, and how their work is divided among threads: a pure function of
/// the network, the threads, the instruction set and the cache.
struct ExecutionPlan {
  /// What a thread waits for others before and after: one operator, or several run depth-first.
  struct Step: Equatable {
    /// Indices of ``Graph/operators``, neighbours.
    var operators: Range<Int>
    var division: Division
  }

  enum Division: Equatable {
    /// One thread does it.
    case none
    /// Threads take ranges of the picture's positions; one operator, or several of which each needs the same positions
    /// only.
    case positions
    /// Threads take ranges of output rows; each goes through its own `strip` rows at a time, all operators one
    /// after the other.
    case rows(strip: Int)
    /// Threads take ranges of channels: a matrix product and perhaps a depthwise convolution or a mean after it; a mean or
    /// statistics alone.
    case channels
  }

  let steps: [Step]

  /// The cheapest row of steps by ``StepCost``, or what `choice` asks for.
  ///
  /// Chains are cut by dynamic programming: the best plan up to an operator is the best plan up to where its step
  /// begins, and that step.
  init(_ chains: OperatorChains, cost: StepCost, choice: PlanChoice) {
    let count = chains.graph.operators.count
    var best: [(cost: Double, step: Step?)] = [(0, nil)]
    for end in 1...max(1, count) where end <= count {
      var cheapest: (cost: Double, step: Step?) = (.infinity, nil)
      for length in 1...min(end, OperatorChains.greatestLength) {
        let operators = end - length..<end
        for step in ExecutionPlan.candidates(operators, chains, choice) {
          // Forced plans prefer the longer step, whatever it costs.
          let price = choice == .automatic ? cost.cycles(of: step) : 1
          let total = best[end - length].cost + price
          if total < cheapest.cost { cheapest = (total, step) }
        }
      }
      best.append(cheapest)
    }
    var steps: [Step] = []
    var end = count
    while end > 0, let step = best[end].step {
      steps.append(step)
      end = step.operators.lowerBound
    }
    self.steps = steps.reversed()
  }

  /// The ways to run `operators` as one step.
  private static func candidates(_ operators: Range<Int>, _ chains: OperatorChains, _ choice: PlanChoice)
    -> [Step]
  {
    let height = chains.outputHeight(operators.upperBound - 1)
    if operators.count == 1 {
      let index = operators.lowerBound
      switch chains.kinds[index] {
      case .whole: return [Step(operators: operators, division: .none)]
      case .elements, .gathered: return [Step(operators: operators, division: .positions)]
      case .mean, .statistics: return [Step(operators: operators, division: .channels)]
      case .product:
        return [.positions, .channels].map { Step(operators: operators, division: $0) }
      case .depthwise, .windows: return [Step(operators: operators, division: .rows(strip: height))]
      }
    }
    let isChain = chains.isChain(operators)
    switch choice {
    case .unfused: return []
    case .fused(let strip):
      guard isChain else { return [] }
      return [Step(operators: operators, division: .rows(strip: min(max(1, strip), height)))]
    case .automatic:
      var found: [Step] = []
      var strip = isChain ? 1 : height
      while strip < height {
        found.append(Step(operators: operators, division: .rows(strip: strip)))
        strip *= 2
      }
      if isChain { found.append(Step(operators: operators, division: .rows(strip: height))) }
      if chains.isPointwise(operators) { found.append(Step(operators: operators, division: .positions)) }
      if chains.isChannelwise(operators) { found.append(Step(operators: operators, division: .channels)) }
      return found
    }
  }
}

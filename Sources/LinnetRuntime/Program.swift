internal import LinnetKernels
internal import LinnetModel
internal import LinnetTensor

/// A network made ready to run: the plan as steps over one arena.
///
/// Shared by the threads of one session; steps and stages never change, the arena's contents do, and the barrier
/// between two steps is what makes one step's writes visible to the next.
@safe final class Program: @unchecked Sendable {
  let model: Model
  let threads: Int
  let memoryPlan: MemoryPlan
  /// Where each tensor of the graph begins in the arena; `nil` where it only passes through rings.
  let offsets: [Int?]
  /// Bytes of each thread's own memory: rings and scratch.
  let threadBytes: Int
  let stageDescriptions: [StageDescription]
  let stepDescriptions: [StepDescription]
  private let arena: Arena
  private let steps: UnsafeMutableBufferPointer<Step>
  private let stages: UnsafeMutableBufferPointer<Stage>

  var arenaBytes: Int { arena.byteCount }

  init(
    model: Model, threads: Int, instructionSet: InstructionSet, cacheBytes: Int, choice: PlanChoice,
    keptTensors: [Int] = []
  ) throws(SessionError) {
    let chains = OperatorChains(model.graph)
    let cost = StepCost(
      chains: chains, instructionSet: instructionSet, threads: threads, cacheBytes: cacheBytes)
    let plan = ExecutionPlan(chains, cost: cost, choice: choice)
    let storage = TensorStorage(model.graph, plan, kept: keptTensors)
    let memoryPlan = MemoryPlan(storage.lifetimes)
    let builder = StageBuilder(model: model, instructionSet: instructionSet, chains: chains)
    let layout = plan.steps.map { ThreadMemory($0, builder) }
    let threadBytes = layout.reduce(0) { max($0, $1.byteCount) }
    offsets = storage.places.map { $0.map { memoryPlan.offsets[$0] } }
    self.memoryPlan = memoryPlan
    self.threadBytes = threadBytes
    self.model = model
    self.threads = threads
    let constantBytes = model.graph.operators.indices.reduce(0) { $0 + builder.constantBytes(of: $1) }
    let constantOffset = MemoryPlan.aligned(memoryPlan.byteCount + threads * threadBytes + Program.slack)
    arena = try Arena(byteCount: constantOffset + constantBytes)

    var steps: [Step] = []
    var stages: [Stage] = []
    var stageDescriptions: [StageDescription] = []
    var stepDescriptions: [StepDescription] = []
    var constants = unsafe arena.base + constantOffset
    for (step, memory) in zip(plan.steps, layout) {
      let first = stages.count
      for index in step.operators {
        let places = unsafe Program.memory(
          of: index, builder: builder, memory, offsets: offsets, arena: arena.base,
          constants: constants,
          channelParts: step.division == .channels ? threads : 1)
        unsafe constants += builder.constantBytes(of: index)
        for (stage, kernel) in builder.stages(of: index, in: places) {
          stages.append(stage)
          stageDescriptions.append(StageDescription(model.graph, index, kernel: kernel, step: steps.count))
        }
      }
      guard first < stages.count else { continue }
      steps.append(
        Step(
          stages: first..<stages.count, division: step.division,
          isDivided: step.division != .none && (choice != .automatic || cost.isWorthDividing(step)),
          ringBytes: memory.ringBytes))
      stepDescriptions.append(
        StepDescription(
          step, stages: first..<stages.count, ringRows: memory.rings.map { $0.rows }, memory.ringBytes))
    }
    unsafe self.steps = .allocate(capacity: steps.count)
    _ = unsafe self.steps.initialize(fromContentsOf: steps)
    unsafe self.stages = .allocate(capacity: stages.count)
    _ = unsafe self.stages.initialize(fromContentsOf: stages)
    self.stageDescriptions = stageDescriptions
    self.stepDescriptions = stepDescriptions
  }

  deinit {
    unsafe steps.deallocate()
    unsafe stages.deallocate()
  }

  /// What kernels may read behind a tensor, and nobody may write meanwhile.
  static let slack = 64

  var stepCount: Int { unsafe steps.count }

  /// Whether the threads must wait for each other between step `index` and the next: not where one thread does both.
  func meets(after index: Int) -> Bool {
    guard unsafe index + 1 < steps.count else { return true }
    return unsafe steps[index].isDivided || steps[index + 1].isDivided
  }

  /// Does `part` of step `index`.
  func run(step index: Int, part: Int, of parts: Int) {
    let memory = unsafe arena.base + memoryPlan.byteCount + part * threadBytes
    unsafe steps[index].run(part: part, of: parts, all: stages, memory: memory)
  }

  /// Does the whole of step `index`, adding the nanoseconds of its stages to `times`.
  @unsafe func run(step index: Int, times: Step.Times) {
    let memory = unsafe arena.base + memoryPlan.byteCount
    unsafe steps[index].run(part: 0, of: 1, all: stages, memory: memory, times: times)
  }

  /// The bytes of a tensor that has a place in the arena: the network's input or output.
  func bytes(ofTensor index: Int) -> UnsafeMutableRawBufferPointer {
    let count = model.graph.tensors[index].byteCount
    guard let offset = offsets[index] else { preconditionFailure("tensor \(index) lives in a ring") }
    return unsafe UnsafeMutableRawBufferPointer(start: arena.base + offset, count: count)
  }

  private static func memory(
    of index: Int, builder: StageBuilder, _ layout: ThreadMemory, offsets: [Int?],
    arena: UnsafeMutableRawPointer,
    constants: UnsafeMutableRawPointer, channelParts: Int
  ) -> StageBuilder.Memory {
    let graph = builder.model.graph
    let step = graph.operators[index]
    func start(_ tensor: Int) -> UnsafeMutablePointer<Int8> {
      unsafe (arena + (offsets[tensor] ?? 0)).assumingMemoryBound(to: Int8.self)
    }
    func rows(_ tensor: Int) -> RowMemory {
      if let ring = layout.rings.first(where: { $0.tensor == tensor }) { return ring.memory }
      let shape = graph.tensors[tensor].shape
      return unsafe RowMemory(
        arena: start(tensor), rows: shape.height, rowBytes: shape.width * shape.channels)
    }
    return unsafe StageBuilder.Memory(
      inputs: step.inputs.map(rows), output: rows(step.output),
      inputStarts: step.inputs.map { unsafe UnsafePointer(start($0)) }, outputStart: start(step.output),
      constants: constants, channelParts: channelParts)
  }
}

/// What a thread's own memory holds during one step: the rings of what passes between its operators, then the scratch
/// of whichever kernel runs.
struct ThreadMemory {
  struct Ring {
    let tensor: Int
    let rows: Int
    let memory: RowMemory
  }

  let rings: [Ring]
  let ringBytes: Int
  let byteCount: Int

  init(_ step: ExecutionPlan.Step, _ builder: StageBuilder) {
    var rings: [Ring] = []
    var bytes = 0
    if case .rows(let strip) = step.division {
      var rows = strip
      for index in step.operators.dropFirst().reversed() {
        rows = builder.chains.reaches[index].inputRows(count: rows)
        let rowBytes = builder.chains.outputRowBytes(index - 1)
        let memory = RowMemory(ringOffset: bytes, rows: max(1, rows), rowBytes: rowBytes)
        rings.append(
          Ring(tensor: builder.model.graph.operators[index - 1].output, rows: rows, memory: memory))
        bytes += MemoryPlan.aligned(max(1, rows) * rowBytes + Program.slack)
      }
    }
    self.rings = rings
    ringBytes = bytes
    byteCount = bytes + MemoryPlan.aligned(step.operators.reduce(0) { max($0, builder.scratchBytes(of: $1)) })
  }
}

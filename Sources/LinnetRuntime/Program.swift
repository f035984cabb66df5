internal import LinnetKernels
internal import LinnetModel
internal import LinnetTensor

/// A network made ready to run: the plan as steps over one arena.
///
/// Shared by the threads of one session; the steps never change, the arena's contents do, and the barrier between
/// two steps is what makes one step's writes visible to the next.
@safe final class Program: @unchecked Sendable {
  let model: Model
  let memoryPlan: MemoryPlan
  /// Where each tensor of the graph begins in the arena.
  let offsets: [Int]
  let scratchBytes: Int
  let threads: Int
  let descriptions: [StepDescription]
  private let arena: Arena
  private let steps: UnsafeMutableBufferPointer<Step>

  var arenaBytes: Int { arena.byteCount }

  init(model: Model, threads: Int, instructionSet: InstructionSet) throws(SessionError) {
    let storage = TensorStorage(model.graph)
    let plan = MemoryPlan(storage.lifetimes)
    offsets = storage.places.map { plan.offsets[$0] }
    memoryPlan = plan
    let builder = StepBuilder(model: model, offsets: offsets, instructionSet: instructionSet)
    scratchBytes = MemoryPlan.aligned(builder.scratchBytes)
    self.model = model
    self.threads = threads
    arena = try Arena(byteCount: plan.byteCount + threads * scratchBytes + Program.slack)
    let made = unsafe builder.steps(in: arena.base)
    unsafe steps = UnsafeMutableBufferPointer.allocate(capacity: made.count)
    _ = unsafe steps.initialize(fromContentsOf: made.map { $0.step })
    descriptions = made.map { $0.description }
  }

  deinit {
    unsafe steps.deallocate()
  }

  /// What kernels may read behind a tensor, and nobody may write meanwhile.
  static let slack = 64

  var stepCount: Int { unsafe steps.count }

  /// Does `part` of step `index`.
  func run(step index: Int, part: Int, of parts: Int) {
    let scratch = unsafe arena.base + memoryPlan.byteCount + part * scratchBytes
    unsafe steps[index].run(part: part, of: parts, scratch: scratch)
  }

  func bytes(ofTensor index: Int) -> UnsafeMutableRawBufferPointer {
    let count = model.graph.tensors[index].byteCount
    return unsafe UnsafeMutableRawBufferPointer(start: arena.base + offsets[index], count: count)
  }
}

/// Which tensors share storage, and from when to when each storage is in use.
struct TensorStorage {
  /// The storage of each tensor: a reshape's output lies where its input does.
  let places: [Int]
  let lifetimes: [MemoryPlan.Lifetime]

  init(_ graph: Graph) {
    var root = Array(graph.tensors.indices)
    for step in graph.operators {
      if case .reshape = step.kind { root[step.output] = root[step.inputs[0]] }
    }
    var first = [Int](repeating: Int.max, count: graph.tensors.count)
    var last = [Int](repeating: 0, count: graph.tensors.count)
    first[root[graph.input]] = 0
    for (index, step) in graph.operators.enumerated() {
      first[root[step.output]] = min(first[root[step.output]], index)
      last[root[step.output]] = max(last[root[step.output]], index)
      for input in step.inputs { last[root[input]] = max(last[root[input]], index) }
    }
    last[root[graph.output]] = graph.operators.count
    var places = [Int](repeating: 0, count: graph.tensors.count)
    var lifetimes: [MemoryPlan.Lifetime] = []
    for tensor in graph.tensors.indices where root[tensor] == tensor {
      places[tensor] = lifetimes.count
      lifetimes.append(
        MemoryPlan.Lifetime(
          byteCount: graph.tensors[tensor].byteCount + Program.slack,
          steps: first[tensor]...max(first[tensor], last[tensor])))
    }
    self.places = root.map { places[$0] }
    self.lifetimes = lifetimes
  }
}

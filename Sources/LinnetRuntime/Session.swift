public import LinnetKernels
public import LinnetModel
internal import LinnetTensor

/// A model made ready to run, with the memory that its activations need.
///
/// One picture at a time: fill the input, run, read the output. `run` neither allocates nor locks; with one thread
/// it makes no system call. A session belongs to one thread at a time; sessions of one model share its weights.
public final class Session {
  public let model: Model
  public let instructionSet: InstructionSet
  public let threads: Int
  /// Numbers of the vector.
  private let dimension: Int
  let program: Program
  private let keptTensors: [Int]
  private let pool: WorkerPool?

  /// Plans the network and allocates its arena.
  public init(model: Model, configuration: SessionConfiguration = SessionConfiguration()) throws(SessionError)
  {
    guard (1...SessionConfiguration.greatestThreads).contains(configuration.threads) else {
      throw .threads(configuration.threads, limit: SessionConfiguration.greatestThreads)
    }
    self.model = model
    dimension = model.dimension
    threads = configuration.threads
    keptTensors = configuration.keptTensors
    instructionSet = try configuration.resolvedInstructionSet()
    program = try Program(
      model: model, threads: threads, instructionSet: instructionSet,
      cacheBytes: try configuration.resolvedCacheBytes(), choice: try configuration.resolvedPlan(),
      keptTensors: keptTensors)
    pool = threads > 1 ? try WorkerPool(program: program) : nil
  }

  /// The input's codes, height × width × channels; they are gone once ``run()`` returns.
  public func withInput<R, E>(_ body: (inout MutableSpan<Int8>) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    let bytes = unsafe program.bytes(ofTensor: model.graph.input)
    var span = unsafe MutableSpan(_unsafeElements: bytes.bindMemory(to: Int8.self))
    return try body(&span)
  }

  /// Computes the output from the input.
  public func run() {
    if let pool {
      pool.run()
    } else {
      for step in 0..<program.stepCount { program.run(step: step, part: 0, of: 1) }
    }
  }

  /// The output's bytes: int8 codes, or float32 as the machine stores it.
  public func withOutput<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    let bytes = unsafe program.bytes(ofTensor: model.graph.output)
    return try unsafe body(UnsafeRawBufferPointer(bytes).bytes)
  }

  /// A kept tensor as real numbers, height × width × channels, as the last run left it.
  ///
  /// - Precondition: `tensor` is one of ``SessionConfiguration/keptTensors``.
  public func copy(tensor: Int, into values: inout [Float]) {
    precondition(keptTensors.contains(tensor), "tensor \(tensor) is not kept")
    let count = model.graph.tensors[tensor].shape.count
    defer { withExtendedLifetime(self) {} }
    if values.count != count { values = [Float](repeating: 0, count: count) }
    _ = copyReals(of: tensor, to: 0, of: &values)
  }

  /// The output as real numbers, codes dequantised, and the taps behind it (`Model.blocks`); `embedding` gets exactly
  /// `Model.dimension` numbers.
  public func copyEmbedding(into embedding: inout [Float]) {
    let count = dimension
    defer { withExtendedLifetime(self) {} }
    if embedding.count != count { embedding = [Float](repeating: 0, count: count) }
    var place = copyReals(of: model.graph.output, to: 0, of: &embedding)
    for tap in model.graph.taps { place = copyReals(of: tap, to: place, of: &embedding) }
  }

  /// Where what comes next belongs.
  private func copyReals(of tensor: Int, to place: Int, of embedding: inout [Float]) -> Int {
    let description = model.graph.tensors[tensor]
    let count = description.shape.count
    let bytes = unsafe program.bytes(ofTensor: tensor)
    if let quantisation = description.quantisation {
      let codes = unsafe bytes.assumingMemoryBound(to: Int8.self)
      for i in 0..<count { embedding[place + i] = unsafe quantisation.real(codes[i]) }
    } else {
      let reals = unsafe bytes.assumingMemoryBound(to: Float.self)
      for i in 0..<count { embedding[place + i] = unsafe reals[i] }
    }
    return place + count
  }
}

// MARK: What people look at

extension Session {
  /// Bytes of the arena: activations and the threads' scratch.
  public var arenaBytes: Int { program.arenaBytes }

  /// Bytes of the activations alone.
  public var activationBytes: Int { program.memoryPlan.byteCount }

  /// Where each tensor of the graph begins in the arena, in bytes; `nil` where only some of its rows exist at a time.
  public var tensorOffsets: [Int?] { program.offsets }

  /// Bytes of each thread's own part of the arena.
  public var threadBytes: Int { program.threadBytes }

  /// What a run does, in order.
  public var stages: [StageDescription] { program.stageDescriptions }

  /// The plan: which stages run together.
  public var steps: [StepDescription] { program.stepDescriptions }
}

internal import LinnetKernels
internal import LinnetTensor

/// One operator bound to its kernel and to memory.
///
/// Plain values and pointers into the arena and the mapped model: running one neither counts references nor
/// allocates.
@safe struct Stage {
  let operation: Operation
  let reach: RowReach
  let input: RowMemory
  let output: RowMemory

  enum Operation {
    case product(ProductStage)
    case windows(WindowStage)
    case gathered(GatheredStage)
    case depthwise(DepthwiseStage)
    case add(AddStage)
    case averagePool(PoolStage)
    case maximumPool(PoolStage)
    case mean(MeanStage)
    case statistics(StatisticsStage)
    case pad(PadStage)
    case requantise(RequantiseStage)
    case softmax(SoftmaxStage)
    case dequantise(DequantiseStage)
  }

  /// Computes output `rows`, all channels. Where memory is a ring, at most so many rows as it holds.
  /// - Parameters:
  ///   - rings: where this thread's rings begin.
  ///   - scratch: this thread's own.
  func run(rows: Range<Int>, rings: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer) {
    guard !rows.isEmpty else { return }
    let x = unsafe UnsafePointer(input.base(rings))
    let y = unsafe output.base(rings)
    switch operation {
    case .product(let stage): unsafe stage.run(rows: rows, x: x, input, y: y, output, scratch: scratch)
    case .windows(let stage): unsafe stage.run(rows: rows, reach, x: x, input, y: y, output, scratch: scratch)
    case .depthwise(let stage): unsafe stage.run(rows: rows, x: x, input, y: y, output, scratch: scratch)
    case .add(let stage): unsafe stage.run(rows: rows, x: x, input, y: y, output)
    case .gathered(let stage): unsafe stage.run(part: 0, of: 1, scratch: scratch)
    default: unsafe runWhole(scratch: scratch)
    }
  }

  /// Computes the whole output of an operator that is not divided.
  private func runWhole(scratch: UnsafeMutableRawPointer) {
    switch operation {
    case .averagePool(let stage):
      unsafe stage.window.averagePool(
        from: stage.x, stage.input, into: stage.y, stage.output, range: stage.range)
    case .maximumPool(let stage):
      unsafe stage.window.maximumPool(from: stage.x, into: stage.y, range: stage.range)
    case .mean(let stage): unsafe stage.run(channels: 0..<stage.channels, scratch: scratch)
    case .statistics(let stage): stage.run(channels: 0..<stage.channels)
    case .pad(let stage): stage.run()
    case .requantise(let stage): stage.run()
    case .softmax(let stage): unsafe stage.run(scratch: scratch)
    case .dequantise(let stage): stage.run()
    case .product, .windows, .gathered, .depthwise, .add: break
    }
  }
}

/// Where the rows of a tensor lie: a whole picture in the arena, or a ring of some rows in the thread's own memory.
@safe struct RowMemory {
  let rowBytes: Int
  /// Rows that are held: row r lies at r modulo `rows`.
  let rows: Int
  private let arena: UnsafeMutablePointer<Int8>?
  private let ringOffset: Int

  /// The whole picture at `start`.
  @unsafe init(arena start: UnsafeMutablePointer<Int8>, rows: Int, rowBytes: Int) {
    unsafe arena = start
    ringOffset = 0
    self.rows = rows
    self.rowBytes = rowBytes
  }

  /// A ring `ringOffset` bytes behind the beginning of the thread's rings.
  init(ringOffset: Int, rows: Int, rowBytes: Int) {
    unsafe arena = nil
    self.ringOffset = ringOffset
    self.rows = rows
    self.rowBytes = rowBytes
  }

  @unsafe func base(_ rings: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int8> {
    unsafe arena ?? (rings + ringOffset).assumingMemoryBound(to: Int8.self)
  }

  /// How far from the base `row` lies.
  func offset(ofRow row: Int) -> Int { row % rows * rowBytes }

  /// Rows from `row` on, up to `end`, that lie side by side.
  func run(from row: Int, to end: Int) -> Int { min(end - row, rows - row % rows) }
}

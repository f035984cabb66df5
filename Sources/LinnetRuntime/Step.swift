internal import LinnetKernels
internal import LinnetTensor

/// One thing that a run does: a kernel, the memory it works on, and how its work divides among threads.
///
/// Plain values and pointers into the arena and the mapped model: running one neither counts references nor
/// allocates.
@safe struct Step {
  let operation: Operation
  /// Whether more than one thread is worth the while.
  let isDivided: Bool

  enum Operation {
    case product(ProductStep)
    case windows(WindowStep)
    case depthwise(DepthwiseStep)
    case add(AddStep)
    case averagePool(PoolStep)
    case maximumPool(PoolStep)
    case mean(MeanStep)
    case pad(PadStep)
    case requantise(RequantiseStep)
    case softmax(SoftmaxStep)
    case dequantise(DequantiseStep)
  }

  /// Does part `part` of `parts`. `scratch`: the thread's own.
  func run(part: Int, of parts: Int, scratch: UnsafeMutableRawPointer) {
    guard isDivided || part == 0 else { return }
    let parts = isDivided ? parts : 1
    switch operation {
    case .product(let step): step.run(part: part, of: parts)
    case .windows(let step): unsafe step.run(part: part, of: parts, scratch: scratch)
    case .depthwise(let step): unsafe step.run(part: part, of: parts, scratch: scratch)
    case .add(let step): step.run(part: part, of: parts)
    case .averagePool(let step):
      unsafe step.window.averagePool(from: step.x, step.input, into: step.y, step.output, range: step.range)
    case .maximumPool(let step):
      unsafe step.window.maximumPool(from: step.x, into: step.y, range: step.range)
    case .mean(let step): unsafe step.run(scratch: scratch)
    case .pad(let step): step.run()
    case .requantise(let step): step.run()
    case .softmax(let step): step.run()
    case .dequantise(let step): step.run()
    }
  }

  /// Elements of `0 ..< count` that fall to `part`, in multiples of `unit`.
  static func share(_ count: Int, part: Int, of parts: Int, unit: Int) -> Range<Int> {
    let units = (count + unit - 1) / unit
    let first = min(units * part / parts * unit, count)
    let end = min(units * (part + 1) / parts * unit, count)
    return first..<end
  }
}

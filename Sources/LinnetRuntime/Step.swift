internal import CLinux
internal import LinnetKernels

/// One or several stages that a thread does without waiting for another, and how their work divides among threads.
struct Step {
  /// Indices of the program's stages.
  let stages: Range<Int>
  let division: ExecutionPlan.Division
  /// Whether more than one thread is worth the while.
  let isDivided: Bool
  /// Bytes of a thread's memory that the rings take; the kernels' scratch comes behind them.
  let ringBytes: Int

  /// Nanoseconds spent in each of a program's stages, when somebody asks.
  typealias Times = UnsafeMutableBufferPointer<UInt64>

  /// Does part `part` of `parts`.
  /// - Parameters:
  ///   - all: the program's stages.
  ///   - memory: the thread's own: rings, then scratch.
  ///   - times: where to add the time of every stage, if anywhere.
  @unsafe func run(
    part: Int, of parts: Int, all: UnsafeMutableBufferPointer<Stage>, memory: UnsafeMutableRawPointer,
    times: Times? = nil
  ) {
    guard isDivided || part == 0 else { return }
    let parts = isDivided ? parts : 1
    let scratch = unsafe memory + ringBytes
    switch division {
    case .rows(let strip):
      unsafe runStrips(of: strip, part: part, parts: parts, all: all, memory, scratch, times)
    case .none, .positions, .channels:
      for index in stages {
        let begun = unsafe times == nil ? 0 : linnet_monotonic_nanoseconds()
        unsafe run(all[index], first: all[stages.lowerBound], part: part, of: parts, memory, scratch)
        unsafe record(index, since: begun, in: times)
      }
    }
  }

  /// A whole stage's part that is not a range of rows.
  private func run(
    _ stage: Stage, first: Stage, part: Int, of parts: Int, _ rings: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let x = unsafe UnsafePointer(stage.input.base(rings))
    let y = unsafe stage.output.base(rings)
    let height = stage.reach.outputHeight
    switch (division, stage.operation) {
    case (.positions, .product(let product)):
      let positions = Step.share(height * product.width, part: part, of: parts, unit: 1)
      unsafe product.run(
        positions: positions, groups: product.product.allGroups, x: x, stage.input, y: y, stage.output,
        scratch: scratch)
    case (.positions, .gathered(let gathered)):
      unsafe gathered.run(part: part, of: parts, scratch: scratch)
    case (.positions, .add(let add)):
      let elements = elements(of: stage, first: first, part: part, parts: parts)
      unsafe add.run(elements: elements, x: x, y: y)
    case (.channels, .product(let product)):
      let groups = Step.share(product.product.tiling.groups, part: part, of: parts, unit: 1)
      unsafe product.run(
        positions: 0..<height * product.width, groups: groups, x: x, stage.input, y: y, stage.output,
        scratch: scratch)
    case (.channels, .depthwise(let depthwise)):
      let channels = channels(depthwise.convolution.outputChannels, first: first, part: part, parts: parts)
      unsafe depthwise.run(
        rows: 0..<height, channels: channels, x: x, stage.input, y: y, stage.output, scratch: scratch)
    case (.channels, .mean(let mean)):
      let channels = channels(mean.channels, first: first, part: part, parts: parts)
      unsafe mean.run(channels: channels, scratch: scratch)
    case (.channels, .statistics(let statistics)):
      let channels = channels(statistics.channels, first: first, part: part, parts: parts)
      statistics.run(channels: channels)
    default: unsafe stage.run(rows: 0..<height, rings: rings, scratch: scratch)
    }
  }

  /// The part's elements of a sum: those of the positions that it has made itself, where it made any.
  private func elements(of stage: Stage, first: Stage, part: Int, parts: Int) -> Range<Int> {
    let count = stage.reach.outputHeight * stage.output.rowBytes
    guard case .product(let product) = first.operation else {
      return Step.share(count, part: part, of: parts, unit: 64)
    }
    let positions = stage.reach.outputHeight * product.width
    let share = Step.share(positions, part: part, of: parts, unit: 1)
    return share.lowerBound * (count / positions)..<share.upperBound * (count / positions)
  }

  /// The part's channels: those that the step's product has made for it, where the step has one.
  private func channels(_ count: Int, first: Stage, part: Int, parts: Int) -> Range<Int> {
    guard case .product(let product) = first.operation else {
      return Step.share(count, part: part, of: parts, unit: 64)
    }
    let tiling = product.product.tiling
    return tiling.channels(of: Step.share(tiling.groups, part: part, of: parts, unit: 1)).clamped(
      to: 0..<count)
  }

  /// All stages for one strip of output rows, then for the next. A stage computes no row twice: what the next strip
  /// needs again is still in its ring.
  private func runStrips(
    of strip: Int, part: Int, parts: Int, all: UnsafeMutableBufferPointer<Stage>,
    _ rings: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer, _ times: Times?
  ) {
    let last = stages.upperBound - 1
    let rows = unsafe Step.share(all[last].reach.outputHeight, part: part, of: parts, unit: 1)
    guard !rows.isEmpty else { return }
    // The first row that each stage has not computed yet, and the end of what it must compute for this strip.
    var next = SIMD8<Int>(repeating: 0)
    var end = SIMD8<Int>(repeating: 0)
    var needed = rows
    for index in stages.reversed() {
      next[index - stages.lowerBound] = needed.lowerBound
      needed = unsafe all[index].reach.inputRows(for: needed)
    }
    var stripEnd = rows.lowerBound
    while stripEnd < rows.upperBound {
      stripEnd = min(stripEnd + strip, rows.upperBound)
      var needed = next[last - stages.lowerBound]..<stripEnd
      for index in stages.reversed() {
        let place = index - stages.lowerBound
        next[place] = max(next[place], needed.lowerBound)
        end[place] = max(next[place], needed.upperBound)
        needed = unsafe all[index].reach.inputRows(for: next[place]..<end[place])
      }
      for index in stages {
        let place = index - stages.lowerBound
        let begun = unsafe times == nil ? 0 : linnet_monotonic_nanoseconds()
        unsafe all[index].run(rows: next[place]..<end[place], rings: rings, scratch: scratch)
        unsafe record(index, since: begun, in: times)
        next[place] = end[place]
      }
    }
  }

  private func record(_ index: Int, since begun: UInt64, in times: Times?) {
    if let times = unsafe times { unsafe times[index] += linnet_monotonic_nanoseconds() - begun }
  }

  /// Elements of `0 ..< count` that fall to `part`, in multiples of `unit`.
  static func share(_ count: Int, part: Int, of parts: Int, unit: Int) -> Range<Int> {
    let units = (count + unit - 1) / unit
    let first = min(units * part / parts * unit, count)
    let end = min(units * (part + 1) / parts * unit, count)
    return first..<end
  }
}

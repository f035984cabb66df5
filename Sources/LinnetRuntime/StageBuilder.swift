internal import LinnetKernels
internal import LinnetModel
internal import LinnetSafetensors
internal import LinnetTensor

/// Binds operators to kernels and to memory.
struct StageBuilder {
  let model: Model
  let instructionSet: InstructionSet
  let chains: OperatorChains

  private var graph: Graph { model.graph }

  /// Where the tensors that an operator reads and makes lie.
  @safe struct Memory {
    let inputs: [RowMemory]
    let output: RowMemory
    /// The same in the arena; for tensors that live only in a ring, meaningless.
    let inputStarts: [UnsafePointer<Int8>]
    let outputStart: UnsafeMutablePointer<Int8>
    /// ``StageBuilder/constantBytes(of:)`` bytes that only this operator uses.
    let constants: UnsafeMutableRawPointer
    /// Threads that groups of output channels are handed out to.
    let channelParts: Int
  }

  /// Scratch that one thread needs for the operator.
  func scratchBytes(of index: Int) -> Int {
    let step = graph.operators[index]
    let input = graph.tensors[step.inputs[0]].shape
    switch step.kind {
    case .convolution(let shape, let groups, let weights):
      switch chains.kinds[index] {
      case .windows:
        let padding = sidePadding(step, shape)
        return WindowStage.scratchBytes(
          repeats: weights.repeats, kernelHeight: shape.kernel.height,
          paddedRowBytes: (padding.left + input.width + padding.right) * input.channels)
      case .gathered:
        return GatheredStage.scratchBytes(
          repeats: weights.repeats, rowBytes: window(step, shape, channels: input.channels / groups).rowBytes)
      default: return RepeatTable.scratchBytes(weights.repeats)
      }
    case .fullyConnected(let weights): return RepeatTable.scratchBytes(weights.repeats)
    case .depthwise(let shape, _):
      let columns = (graph.tensors[step.output].shape.width - 1) * shape.stride.width + shape.kernel.width
      return DepthwiseConvolution.scratchBytes(
        columns: columns, kernel: (shape.kernel.height, shape.kernel.width))
    case .mean: return input.channels * 4
    case .softmax: return SoftmaxStage.scratchBytes
    default: return 0
    }
  }

  /// Bytes of tables that are made once for the operator.
  func constantBytes(of index: Int) -> Int {
    switch graph.operators[index].kind {
    case .convolution(_, _, let weights), .fullyConnected(let weights):
      RepeatTable.byteCount(weights.repeats)
    case .softmax: SoftmaxStage.distances * 8
    default: 0
    }
  }

  /// The operator's stages: one, but for a concatenation, which has one an input, and a reshape, which has none.
  func stages(of index: Int, in memory: Memory) -> [(stage: Stage, kernel: String)] {
    operations(of: index, memory).map { operation, kernel, input in
      (
        Stage(operation: operation, reach: chains.reaches[index], input: input, output: memory.output),
        kernel
      )
    }
  }

  private typealias Bound = (operation: Stage.Operation, kernel: String, input: RowMemory)

  private func operations(of index: Int, _ memory: Memory) -> [Bound] {
    let step = graph.operators[index]
    let x = graph.tensors[step.inputs[0]]
    let y = graph.tensors[step.output]
    let (from, codes) = unsafe (memory.inputStarts[0], memory.outputStart)
    let input = x.quantisation ?? Quantisation(scale: 1, zeroPoint: 0)
    let output = y.quantisation ?? input
    func portable(_ operation: Stage.Operation) -> [Bound] {
      [(operation, PortableKernels.name, memory.inputs[0])]
    }
    switch step.kind {
    case .convolution(let shape, let groups, let weights):
      let (operation, kernel) = convolution(
        index, shape, groups: groups, weights, zeroPoint: input.zeroPoint, output, memory)
      return [(operation, kernel.name, memory.inputs[0])]

    case .fullyConnected(let weights):
      let product = product(
        m: 1, n: y.shape.channels, aStride: x.shape.count, weights, output)
      let stage = unsafe ProductStage(product: product, width: 1, repeats: repeats(weights, at: memory))
      return [(.product(stage), product.tiling.main.kernel.name, memory.inputs[0])]

    case .depthwise(let shape, let weights):
      let multiplier = y.shape.channels / x.shape.channels
      let kernel = DepthwiseKernel.best(
        instructionSet, channelMultiplier: multiplier, kernelHeight: shape.kernel.height)
      let convolution = unsafe DepthwiseConvolution(
        window: window(step, shape, channels: x.shape.channels), channelMultiplier: multiplier,
        w: self.weights(weights), zeroPoint: input.zeroPoint, requantisation: requantisation(weights, output))
      let rows = DepthwiseStage.rowsAtOnce(
        inputRowBytes: x.shape.width * x.shape.channels, strideHeight: shape.stride.height,
        outputHeight: y.shape.height)
      let stage = DepthwiseStage(kernel: kernel, convolution: convolution, rowsAtOnce: rows)
      return [(.depthwise(stage), kernel.name, memory.inputs[0])]

    case .add(let parameters, let range):
      let kernel = AddKernel.best(instructionSet)
      // In a chain, the operator before makes one of the two; the other lies in the arena.
      let isSecondChained = index > 0 && graph.operators[index - 1].output == step.inputs[1]
      let stage = unsafe AddStage(
        kernel: kernel, other: memory.inputStarts[isSecondChained ? 0 : 1], isOtherFirst: isSecondChained,
        parameters: parameters, range: range)
      return [(.add(stage), kernel.name, memory.inputs[isSecondChained ? 1 : 0])]

    case .averagePool(let shape, let range):
      return portable(
        .averagePool(
          unsafe PoolStage(
            window: window(step, shape, channels: x.shape.channels), x: from, y: codes, input: input,
            output: output, range: range)))

    case .maximumPool(let shape, let range):
      return portable(
        .maximumPool(
          unsafe PoolStage(
            window: window(step, shape, channels: x.shape.channels), x: from, y: codes, input: input,
            output: output, range: range)))

    case .mean:
      return portable(
        .mean(
          unsafe MeanStage(
            positions: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: codes,
            input: input, output: y.quantisation)))

    case .statistics:
      let reals = unsafe UnsafeMutableRawPointer(codes).assumingMemoryBound(to: Float.self)
      return portable(
        .statistics(
          unsafe StatisticsStage(
            positions: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: reals,
            input: input)))

    case .pad(let padding):
      let channels = x.shape.channels
      return portable(
        .pad(
          unsafe PadStage(
            rows: x.shape.height, rowBytes: x.shape.width * channels, x: from, y: codes,
            leftBytes: padding.left * channels, rightBytes: padding.right * channels, top: padding.top,
            bottom: padding.bottom, zeroPoint: input.zeroPoint)))

    case .reshape: return []

    case .concatenation:
      var first = 0
      return step.inputs.indices.map { place in
        let part = graph.tensors[step.inputs[place]]
        let move = unsafe RequantiseStage(
          rows: part.shape.height * part.shape.width, channels: part.shape.channels,
          x: memory.inputStarts[place], y: codes + first, yStride: y.shape.channels,
          input: part.quantisation ?? input, output: output)
        first += part.shape.channels
        return (.requantise(move), PortableKernels.name, memory.inputs[place])
      }

    case .requantise:
      return portable(
        .requantise(
          unsafe RequantiseStage(
            rows: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: codes,
            yStride: x.shape.channels, input: input, output: output)))

    case .softmax:
      let exponentials = unsafe memory.constants.assumingMemoryBound(to: Double.self)
      unsafe SoftmaxStage.fill(exponentials, input)
      return portable(
        .softmax(
          unsafe SoftmaxStage(
            rows: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: codes,
            output: y.quantisation, exponentials: exponentials)))

    case .dequantise:
      let reals = unsafe UnsafeMutableRawPointer(codes).assumingMemoryBound(to: Float.self)
      return portable(
        .dequantise(unsafe DequantiseStage(count: x.shape.count, x: from, y: reals, input: input)))
    }
  }

  private func convolution(
    _ index: Int, _ shape: WindowShape, groups: Int, _ weights: Operator.Weights, zeroPoint: Int32,
    _ output: Quantisation, _ memory: Memory
  ) -> (Stage.Operation, GemmKernel) {
    let step = graph.operators[index]
    let x = graph.tensors[step.inputs[0]].shape
    let y = graph.tensors[step.output].shape
    switch chains.kinds[index] {
    case .product:
      let product = product(
        m: y.height * y.width, n: y.channels, aStride: x.channels, weights, output)
      let stage = unsafe ProductStage(
        product: product, width: y.width, repeats: repeats(weights, at: memory))
      return (.product(stage), product.tiling.main.kernel)
    case .windows:
      let product = product(
        m: y.width, n: y.channels, segments: shape.kernel.height, aStride: shape.stride.width * x.channels,
        weights, output)
      let padding = sidePadding(step, shape)
      let stage = unsafe WindowStage(
        product: product, repeats: repeats(weights, segments: shape.kernel.height, at: memory),
        width: y.width, kernelHeight: shape.kernel.height,
        leftBytes: padding.left * x.channels, rightBytes: padding.right * x.channels, zeroPoint: zeroPoint)
      return (.windows(stage), product.tiling.main.kernel)
    default:
      let channels = x.channels / groups
      let window = self.window(step, shape, channels: channels)
      let positions = GatheredStage.tilePositions(rowBytes: window.rowBytes)
      let product = product(
        m: min(positions, window.positions), n: y.channels / groups, aStride: window.rowBytes,
        cStride: y.channels, weights, output)
      let stage = unsafe GatheredStage(
        product: product, repeats: repeats(weights, at: memory), window: window, groups: groups,
        tilePositions: positions, n: y.channels / groups, paddedChannels: weights.paddedChannels / groups,
        x: memory.inputStarts[0], inputChannels: x.channels,
        groupChannels: channels, zeroPoint: zeroPoint, y: memory.outputStart)
      return (.gathered(stage), product.tiling.main.kernel)
    }
  }

  @unsafe private func repeats(_ weights: Operator.Weights, segments: Int = 1, at memory: Memory)
    -> RepeatTable
  {
    let segmentBytes = (weights.depthGroups - weights.repeats.count) / segments * 4
    return unsafe RepeatTable(weights.repeats, segmentBytes: segmentBytes, at: memory.constants)
  }

  /// Columns of zero points that the windows of a convolution see left and right of the picture.
  private func sidePadding(_ step: Operator, _ shape: WindowShape) -> (left: Int, right: Int) {
    let seen = (graph.tensors[step.output].shape.width - 1) * shape.stride.width + shape.kernel.width
    let right = seen - shape.padding.left - graph.tensors[step.inputs[0]].shape.width
    return (shape.padding.left, max(0, right))
  }

  private func product(
    m: Int, n: Int, segments: Int = 1, aStride: Int, cStride: Int? = nil, _ weights: Operator.Weights,
    _ output: Quantisation, parts: Int = 1
  ) -> MatrixProduct {
    unsafe MatrixProduct(
      n: n, segments: segments, segmentGroups: (weights.depthGroups - weights.repeats.count) / segments,
      repeats: weights.repeats.count, aStride: aStride, w: self.weights(weights), cStride: cStride ?? n,
      requantisation: requantisation(weights, output),
      tiling: GemmTiling.best(instructionSet, m: m, n: n, kGroups: weights.depthGroups, parts: parts))
  }

  private func window(_ step: Operator, _ shape: WindowShape, channels: Int) -> Window {
    Window(
      input: graph.tensors[step.inputs[0]].shape, output: graph.tensors[step.output].shape,
      channels: channels,
      kernel: (shape.kernel.height, shape.kernel.width), stride: (shape.stride.height, shape.stride.width),
      padTop: shape.padding.top, padLeft: shape.padding.left)
  }

  private func weights(_ weights: Operator.Weights) -> UnsafePointer<Int8> {
    unsafe model.file.pointer(of: weights.packed).assumingMemoryBound(to: Int8.self)
  }

  private func requantisation(_ weights: Operator.Weights, _ output: Quantisation) -> Requantisation {
    unsafe Requantisation(
      bias: model.file.pointer(of: weights.bias).assumingMemoryBound(to: Int32.self),
      multiplier: model.file.pointer(of: weights.multiplier).assumingMemoryBound(to: Float.self),
      paddedChannels: weights.paddedChannels, zeroPoint: output.zeroPoint, range: weights.range)
  }
}

internal import LinnetKernels
internal import LinnetModel
internal import LinnetSafetensors
internal import LinnetTensor

/// Chooses a kernel for every operator and binds it to memory.
struct StepBuilder {
  let model: Model
  let offsets: [Int]
  let instructionSet: InstructionSet

  private var graph: Graph { model.graph }

  /// Scratch that one thread needs for the hungriest operator.
  var scratchBytes: Int {
    graph.operators.reduce(0) { max($0, scratchBytes(of: $1)) }
  }

  private func scratchBytes(of step: Operator) -> Int {
    let input = graph.tensors[step.inputs[0]].shape
    switch step.kind {
    case .convolution(let shape, let groups, _):
      guard !isProduct(shape, groups: groups) else { return 0 }
      return WindowStep.scratchBytes(
        rowBytes: window(step, shape, channels: input.channels / groups).rowBytes)
    case .depthwise(let shape, _):
      let columns = (graph.tensors[step.output].shape.width - 1) * shape.stride.width + shape.kernel.width
      return DepthwiseConvolution.scratchBytes(
        columns: columns, kernel: (shape.kernel.height, shape.kernel.width))
    case .mean: return input.channels * 4
    default: return 0
    }
  }

  func steps(in arena: UnsafeMutableRawPointer) -> [(step: Step, description: StepDescription)] {
    var made: [(step: Step, description: StepDescription)] = []
    for (index, source) in graph.operators.enumerated() {
      for (operation, kernel, work) in unsafe operations(of: source, arena: arena) {
        let description = StepDescription(
          operatorIndex: index, name: source.name, kind: source.kind.name, kernel: kernel,
          output: graph.tensors[source.output].shape,
          multiplyAccumulates: graph.multiplyAccumulates(of: source))
        made.append((Step(operation: operation, isDivided: work >= StepBuilder.worthDividing), description))
      }
    }
    return made
  }

  /// Multiply-accumulates (or elements) below which waking other threads costs more than they save.
  private static let worthDividing = 65_536

  private typealias Bound = (Step.Operation, kernel: String, work: Int)

  private func operations(of step: Operator, arena: UnsafeMutableRawPointer) -> [Bound] {
    let x = graph.tensors[step.inputs[0]]
    let y = graph.tensors[step.output]
    let from = unsafe UnsafePointer((arena + offsets[step.inputs[0]]).assumingMemoryBound(to: Int8.self))
    let to = unsafe arena + offsets[step.output]
    let codes = unsafe to.assumingMemoryBound(to: Int8.self)
    let work = graph.multiplyAccumulates(of: step)
    let input = x.quantisation ?? Quantisation(scale: 1, zeroPoint: 0)
    let output = y.quantisation ?? input
    switch step.kind {
    case .convolution(let shape, let groups, let weights):
      let requantisation = self.requantisation(weights, output)
      if isProduct(shape, groups: groups) {
        let m = y.shape.height * y.shape.width
        let product = unsafe product(
          m: m, n: y.shape.channels, segments: 1, segmentGroups: weights.depthGroups,
          aStride: x.shape.channels,
          w: self.weights(weights), cStride: y.shape.channels, requantisation)
        let step = unsafe ProductStep(
          product: product, m: m, n: y.shape.channels, x: from, xStride: x.shape.channels, y: codes)
        return [(.product(step), product.tiling.main.kernel.name, work)]
      }
      let channels = x.shape.channels / groups
      let window = self.window(step, shape, channels: channels)
      let positions = WindowStep.tilePositions(rowBytes: window.rowBytes)
      let n = y.shape.channels / groups
      let product = unsafe product(
        m: min(positions, window.positions), n: n, segments: 1, segmentGroups: window.rowBytes / 4,
        aStride: window.rowBytes, w: self.weights(weights), cStride: y.shape.channels, requantisation)
      let gathered = unsafe WindowStep(
        product: product, window: window, groups: groups, tilePositions: positions, n: n,
        paddedChannels: weights.paddedChannels / groups, x: from, inputChannels: x.shape.channels,
        groupChannels: channels, zeroPoint: input.zeroPoint, y: codes)
      return [(.windows(gathered), product.tiling.main.kernel.name, work)]

    case .depthwise(let shape, let weights):
      let multiplier = y.shape.channels / x.shape.channels
      let kernel = DepthwiseKernel.best(
        instructionSet, channelMultiplier: multiplier, kernelHeight: shape.kernel.height)
      let convolution = unsafe DepthwiseConvolution(
        window: window(step, shape, channels: x.shape.channels), channelMultiplier: multiplier, x: from,
        w: self.weights(weights), y: codes, zeroPoint: input.zeroPoint,
        requantisation: requantisation(weights, output))
      let rows = DepthwiseStep.rowsAtOnce(
        inputRowBytes: x.shape.width * x.shape.channels, strideHeight: shape.stride.height)
      let bound = DepthwiseStep(kernel: kernel, convolution: convolution, rowsAtOnce: rows)
      return [(.depthwise(bound), kernel.name, work)]

    case .fullyConnected(let weights):
      let product = unsafe product(
        m: 1, n: y.shape.channels, segments: 1, segmentGroups: weights.depthGroups, aStride: x.shape.count,
        w: self.weights(weights), cStride: y.shape.channels, requantisation(weights, output))
      let step = unsafe ProductStep(
        product: product, m: 1, n: y.shape.channels, x: from, xStride: x.shape.count, y: codes)
      return [(.product(step), product.tiling.main.kernel.name, work)]

    case .add(let parameters, let range):
      let kernel = AddKernel.best(instructionSet)
      let other = unsafe UnsafePointer((arena + offsets[step.inputs[1]]).assumingMemoryBound(to: Int8.self))
      let sum = unsafe AddStep(
        kernel: kernel, count: y.shape.count, a: from, b: other, y: codes, parameters: parameters,
        range: range)
      return [(.add(sum), kernel.name, y.shape.count)]

    case .averagePool(let shape, let range):
      let pool = unsafe PoolStep(
        window: window(step, shape, channels: x.shape.channels), x: from, y: codes, input: input,
        output: output,
        range: range)
      return [(.averagePool(pool), PortableKernels.name, 0)]

    case .maximumPool(let shape, let range):
      let pool = unsafe PoolStep(
        window: window(step, shape, channels: x.shape.channels), x: from, y: codes, input: input,
        output: output,
        range: range)
      return [(.maximumPool(pool), PortableKernels.name, 0)]

    case .mean:
      let mean = unsafe MeanStep(
        positions: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: to, input: input,
        output: y.quantisation)
      return [(.mean(mean), PortableKernels.name, 0)]

    case .pad(let padding):
      let channels = x.shape.channels
      let pad = unsafe PadStep(
        rows: x.shape.height, rowBytes: x.shape.width * channels, x: from, y: codes,
        leftBytes: padding.left * channels, rightBytes: padding.right * channels, top: padding.top,
        bottom: padding.bottom, zeroPoint: input.zeroPoint)
      return [(.pad(pad), PortableKernels.name, 0)]

    case .reshape: return []

    case .concatenation:
      var first = 0
      return step.inputs.map { source in
        let part = graph.tensors[source]
        let move = unsafe RequantiseStep(
          rows: part.shape.height * part.shape.width, channels: part.shape.channels,
          x: UnsafePointer((arena + offsets[source]).assumingMemoryBound(to: Int8.self)), y: codes + first,
          yStride: y.shape.channels, input: part.quantisation ?? input, output: output)
        first += part.shape.channels
        return (.requantise(move), PortableKernels.name, 0)
      }

    case .requantise:
      let change = unsafe RequantiseStep(
        rows: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: codes,
        yStride: x.shape.channels, input: input, output: output)
      return [(.requantise(change), PortableKernels.name, 0)]

    case .softmax:
      let softmax = unsafe SoftmaxStep(
        rows: x.shape.height * x.shape.width, channels: x.shape.channels, x: from, y: to, input: input,
        output: y.quantisation)
      return [(.softmax(softmax), PortableKernels.name, 0)]

    case .dequantise:
      let reals = unsafe DequantiseStep(
        count: x.shape.count, x: from, y: to.assumingMemoryBound(to: Float.self), input: input)
      return [(.dequantise(reals), PortableKernels.name, 0)]
    }
  }

  /// Whether a convolution is a matrix product of the activations as they lie.
  private func isProduct(_ shape: WindowShape, groups: Int) -> Bool {
    groups == 1 && shape.kernel == Extent(height: 1, width: 1) && shape.stride == Extent(height: 1, width: 1)
      && shape.padding.isZero
  }

  private func product(
    m: Int, n: Int, segments: Int, segmentGroups: Int, aStride: Int, w: UnsafePointer<Int8>, cStride: Int,
    _ requantisation: Requantisation
  ) -> MatrixProduct {
    unsafe MatrixProduct(
      n: n, segments: segments, segmentGroups: segmentGroups, aStride: aStride, w: w, cStride: cStride,
      requantisation: requantisation,
      tiling: GemmTiling.best(instructionSet, m: m, n: n, kGroups: segments * segmentGroups))
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

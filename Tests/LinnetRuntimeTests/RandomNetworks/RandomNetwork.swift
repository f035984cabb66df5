import LinnetModel
import LinnetTensor

/// A small network drawn from a seed: odd channels, odd extents, every operator, and above all the chains that a plan
/// may fuse, and chains that look like them and must not be fused.
struct RandomNetwork {
  let seed: UInt64
  /// The operators on one line.
  let text: String
  /// The model file.
  let bytes: [UInt8]

  init(seed: UInt64) throws {
    self.seed = seed
    var random = SplitMix(seed: seed)
    let shape = Shape(
      height: random.integer(1...20), width: random.integer(1...20),
      channels: random.one(in: 4) ? 3 : random.integer(1...40))
    var drawing = NetworkDrawing(
      sketch: NetworkSketch(input: shape, random: random), tapping: SplitMix(seed: seed ^ 0x7A70),
      greatestCost: random.integer(100_000...2_500_000))
    drawing.draw()
    text = drawing.sketch.text
    bytes = try drawing.sketch.bytes()
  }
}

/// Draws blocks one after another, each over the tensor that the one before it left.
private struct NetworkDrawing {
  var sketch: NetworkSketch
  /// Which maps are tapped, drawn apart from the network itself.
  var tapping: SplitMix
  /// Multiply-accumulates that the network may take.
  let greatestCost: Int
  private var x = 0

  init(sketch: NetworkSketch, tapping: SplitMix, greatestCost: Int) {
    self.sketch = sketch
    self.tapping = tapping
    self.greatestCost = greatestCost
  }

  mutating func draw() {
    let blocks = sketch.random.integer(1...5)
    var drawn = 0
    while drawn < blocks, sketch.multiplyAccumulates < greatestCost, sketch.operators.count < 24 {
      drawBlock()
      if tapping.one(in: 6) { tap() }
      drawn += 1
    }
    drawEnd()
    if tapping.one(in: 4) { tap() }
  }

  /// Taps any of the maps, the latest most often.
  private mutating func tap() {
    let maps = sketch.tensors.indices.filter { sketch.tensors[$0].quantisation != nil }
    sketch.statistics(maps[max(0, maps.count - 1 - tapping.integer(0...tapping.pick(0, 3, 9)))])
  }

  private mutating func drawBlock() {
    switch sketch.random.integer(0...99) {
    case 0..<40: drawInvertedResidual()
    case 40..<60: drawSeparable()
    case 60..<72: x = convolution(x, window(over: x), activation())
    case 72..<78: drawPlainResidual()
    case 78..<86: drawBranches()
    case 86..<94: drawPool()
    default: drawRearrangement()
    }
  }

  private mutating func drawEnd() {
    switch sketch.random.integer(0...19) {
    case 0..<9: if sketch.operators.isEmpty { x = convolution(x, window(over: x), activation()) }
    case 9..<12: x = sketch.mean(x, isReal: sketch.random.one(in: 2))
    case 12: x = sketch.dequantise(x)
    case 13: x = sketch.softmax(x, isReal: sketch.random.one(in: 2))
    default:
      if sketch.random.one(in: 2) { x = sketch.mean(x, isReal: false) }
      let channels = min(
        sketch.random.integer(2...70), max(1, 400_000 / sketch.shape(x).count))
      x = sketch.fullyConnected(x, channels: channels, activation())
      if sketch.random.one(in: 2) { x = sketch.softmax(x, isReal: sketch.random.one(in: 2)) }
    }
  }
}

// MARK: Blocks

extension NetworkDrawing {
  /// Expand, depthwise, project, add: with an expansion or without, with the addition or without, and sometimes with a
  /// second reader of a tensor in the middle, which must then reach memory.
  private mutating func drawInvertedResidual() {
    let entry = x
    let channels = sketch.shape(entry).channels
    var middle = entry
    var expanded: Int?
    if !sketch.random.one(in: 5) {
      let wide = min(240, channels * sketch.random.integer(1...6) + sketch.random.pick(0, 0, 1, 3))
      middle = pointwise(middle, channels: wide, sketch.random.pick(.relu6, .relu6, .relu, .narrow, .none))
      expanded = middle
    }
    let keepsExtents = sketch.random.one(in: 2)
    var window = self.window(over: middle, odd: true)
    if keepsExtents { window = same(window.kernel, Extent(height: 1, width: 1), over: middle) }
    middle = sketch.depthwise(
      middle, window, multiplier: sketch.random.one(in: 12) ? 2 : 1,
      sketch.random.pick(.relu6, .relu6, .relu, .none))
    let filtered = middle
    let isResidual =
      sketch.shape(entry).height == sketch.shape(middle).height
      && sketch.shape(entry).width == sketch.shape(middle).width && !sketch.random.one(in: 3)
    middle = pointwise(middle, channels: isResidual ? channels : sketch.random.integer(1...70), .none)
    if isResidual, sketch.shape(middle) == sketch.shape(entry) {
      let sum = sketch.random.one(in: 2) ? (entry, middle) : (middle, entry)
      middle = sketch.add(sum.0, sum.1, sketch.random.pick(.none, .none, .relu))
    }
    x = middle
    if sketch.random.one(in: 10) { readAgain(expanded ?? filtered) }
  }

  /// Makes another operator read `tensor`, beside what the network did with it.
  private mutating func readAgain(_ tensor: Int) {
    let (first, second) = (sketch.shape(tensor), sketch.shape(x))
    if first == second {
      x = sketch.add(x, tensor, .none)
    } else if first.height == second.height, first.width == second.width {
      x = sketch.concatenation([x, tensor])
    } else {
      x = sketch.concatenation([sketch.mean(x, isReal: false), sketch.mean(tensor, isReal: false)])
    }
  }

  /// MobileNetV1's chain, begun by either of its halves.
  private mutating func drawSeparable() {
    var isPointwise = sketch.random.one(in: 2)
    for _ in 0..<sketch.random.integer(2...5) {
      if isPointwise {
        x = pointwise(x, channels: sketch.random.integer(1...70), sketch.random.pick(.relu6, .relu, .narrow))
      } else {
        x = sketch.depthwise(x, window(over: x, odd: true), activation())
      }
      isPointwise.toggle()
    }
  }

  /// Two k×k convolutions and what came in, as in ResNet.
  private mutating func drawPlainResidual() {
    let entry = x
    let side = sketch.random.pick(1, 3, 3, 5)
    let kernel = Extent(height: side, width: side)
    let one = Extent(height: 1, width: 1)
    x = convolution(x, same(kernel, one, over: x), .relu)
    x = convolution(x, same(kernel, one, over: x), .none, channels: sketch.shape(entry).channels)
    if sketch.shape(x) == sketch.shape(entry) { x = sketch.add(x, entry, sketch.random.pick(.relu, .none)) }
  }

  /// Two or three ways side by side, joined along channels.
  private mutating func drawBranches() {
    let entry = x
    let one = Extent(height: 1, width: 1)
    var parts: [Int] = []
    for _ in 0..<sketch.random.integer(2...3) {
      let side = sketch.random.pick(1, 3, 5)
      let window = same(Extent(height: side, width: side), one, over: entry)
      switch sketch.random.integer(0...3) {
      case 0: parts.append(convolution(entry, window, activation(), channels: sketch.random.integer(1...24)))
      case 1: parts.append(sketch.depthwise(entry, window, activation()))
      case 2: parts.append(sketch.maximumPool(entry, window))
      default: parts.append(entry)
      }
    }
    x = sketch.concatenation(parts)
  }

  private mutating func drawPool() {
    let window = poolWindow(over: x)
    x = sketch.random.one(in: 2) ? sketch.maximumPool(x, window) : sketch.averagePool(x, window)
  }

  private mutating func drawRearrangement() {
    let shape = sketch.shape(x)
    switch sketch.random.integer(0...2) {
    case 0: x = sketch.requantise(x)
    case 1:
      x = sketch.pad(
        x,
        Padding(
          top: sketch.random.integer(0...2), left: sketch.random.integer(0...2),
          bottom: sketch.random.integer(0...2), right: sketch.random.integer(0...2)))
      x = sketch.depthwise(x, window(over: x, odd: true), activation())
    default:
      x = sketch.reshape(x, to: Shape(height: shape.width, width: shape.height, channels: shape.channels))
    }
  }
}

// MARK: Operators within the budget

extension NetworkDrawing {
  private mutating func activation() -> NetworkSketch.Activation {
    sketch.random.pick(.none, .relu, .relu6, .relu6, .narrow)
  }

  private mutating func pointwise(_ x: Int, channels: Int, _ activation: NetworkSketch.Activation) -> Int {
    let one = Extent(height: 1, width: 1)
    return convolution(x, same(one, one, over: x), activation, channels: channels, groups: 1)
  }

  /// A convolution of random or given channels, fewer where the network would cost too much.
  private mutating func convolution(
    _ x: Int, _ window: WindowShape, _ activation: NetworkSketch.Activation, channels wanted: Int? = nil,
    groups wantedGroups: Int? = nil
  ) -> Int {
    let shape = sketch.shape(x)
    var groups = wantedGroups ?? 1
    if wanted == nil, sketch.random.one(in: 3) {
      groups = (2...8).filter { shape.channels % $0 == 0 }.randomElement(using: &sketch.random) ?? 1
    }
    let positions = window.output(over: shape).map { $0.height * $0.width } ?? 1
    let cost = positions * window.kernel.height * window.kernel.width * (shape.channels / groups)
    let affordable = max(6, (greatestCost - sketch.multiplyAccumulates) / cost)
    let channels = wanted ?? (sketch.random.integer(1...70) + groups - 1) / groups * groups
    return sketch.convolution(
      x, window, channels: max(groups, min(channels, affordable) / groups * groups), groups: groups,
      activation)
  }

  /// TensorFlow's "SAME": the extents divided by the stride, rounded up; the odd margin below and to the right.
  private func same(_ kernel: Extent, _ stride: Extent, over x: Int) -> WindowShape {
    func margin(_ extent: Int, _ kernel: Int, _ stride: Int) -> Int {
      max(0, ((extent + stride - 1) / stride - 1) * stride + kernel - extent)
    }
    let shape = sketch.shape(x)
    let vertical = margin(shape.height, kernel.height, stride.height)
    let horizontal = margin(shape.width, kernel.width, stride.width)
    return WindowShape(
      kernel: kernel, stride: stride,
      padding: Padding(
        top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
        right: horizontal - horizontal / 2))
  }

  /// A window of random kernel, stride and padding that fits; `odd`: 3 and 5 more often than the rest.
  private mutating func window(over x: Int, odd: Bool = false) -> WindowShape {
    let shape = sketch.shape(x)
    let side = odd && !sketch.random.one(in: 4) ? sketch.random.pick(3, 5) : sketch.random.pick(1, 2, 3, 5, 7)
    var kernel = Extent(height: side, width: side)
    if sketch.random.one(in: 8) { kernel.width = sketch.random.pick(1, 2, 3, 5, 7) }
    let step = sketch.random.pick(1, 1, 1, 2, 2, 3)
    var stride = Extent(height: step, width: step)
    if sketch.random.one(in: 10) { stride.height = sketch.random.integer(1...3) }
    switch sketch.random.integer(0...5) {
    case 0 where kernel.height <= shape.height && kernel.width <= shape.width:
      return WindowShape(
        kernel: kernel, stride: stride, padding: Padding(top: 0, left: 0, bottom: 0, right: 0))
    case 1:
      let (high, wide) = (max(0, kernel.height - shape.height), max(0, kernel.width - shape.width))
      return WindowShape(
        kernel: kernel, stride: stride,
        padding: Padding(
          top: high + sketch.random.integer(0...kernel.height),
          left: wide + sketch.random.integer(0...kernel.width),
          bottom: sketch.random.integer(0...kernel.height), right: sketch.random.integer(0...kernel.width)))
    default: return same(kernel, stride, over: x)
    }
  }

  /// A window for a pool: each of its places holds part of the picture.
  private mutating func poolWindow(over x: Int) -> WindowShape {
    let shape = sketch.shape(x)
    let kernel = Extent(
      height: min(shape.height, sketch.random.pick(1, 2, 2, 3, 3, 5, 7)),
      width: min(shape.width, sketch.random.pick(1, 2, 2, 3, 3, 5, 7)))
    let step = sketch.random.integer(1...3)
    let stride = Extent(height: step, width: step)
    switch sketch.random.integer(0...2) {
    case 0:
      return WindowShape(
        kernel: kernel, stride: stride, padding: Padding(top: 0, left: 0, bottom: 0, right: 0))
    case 1:
      return WindowShape(
        kernel: kernel, stride: stride,
        padding: Padding(
          top: sketch.random.integer(0...kernel.height - 1),
          left: sketch.random.integer(0...kernel.width - 1),
          bottom: sketch.random.integer(0...kernel.height - 1),
          right: sketch.random.integer(0...kernel.width - 1)))
    default: return same(kernel, stride, over: x)
    }
  }
}

import LinnetModel
import LinnetTensor

/// A network that is put together operator by operator, its weights and scales random.
///
/// What a tensor's codes probably look like is kept with it, so that the scales of what follows neither saturate most
/// outputs nor round them all to one code.
struct NetworkSketch {
  struct Tensor {
    var shape: Shape
    /// `nil`: float32.
    var quantisation: Quantisation?
    /// The root of the mean square of code − zero point, about.
    var spread: Double

    var scale: Double { Double(quantisation?.scale ?? 1) }
  }

  /// An operator's attributes, as FORMAT.md names them.
  struct Operator {
    var kind: String
    var inputs: [Int]
    var output: Int
    var window: WindowShape?
    var groups: Int?
    var padding: Padding?
    var range: ClosedRange<Int>?
    var weights: Weights?
  }

  struct Weights {
    var repeats: [Int]
    var packed: [Int8]
    var packedShape: [Int]
    var bias: [Int32]
    var multiplier: [Float]
  }

  /// How an operator's output is bounded.
  enum Activation: CaseIterable {
    case none, relu, relu6, narrow
  }

  private(set) var tensors: [Tensor]
  private(set) var operators: [Operator] = []
  private(set) var taps: [Int] = []
  private(set) var multiplyAccumulates = 0
  var random: SplitMix

  init(input: Shape, random: SplitMix) {
    self.random = random
    let quantisation = Quantisation(
      scale: Float(self.random.real(0.01...0.05)), zeroPoint: Int32(self.random.integer(-128...127)))
    tensors = [Tensor(shape: input, quantisation: quantisation, spread: 90)]
  }

  func shape(_ tensor: Int) -> Shape { tensors[tensor].shape }
}

// MARK: Operators with weights

extension NetworkSketch {
  mutating func convolution(
    _ x: Int, _ window: WindowShape, channels: Int, groups: Int = 1, _ activation: Activation
  ) -> Int {
    let depth = shape(x).channels / groups
    let columns = window.kernel.width * depth
    return weighted(
      "convolution", x, window, channels: channels, groups: groups, runs: window.kernel.height,
      runLength: columns, activation)
  }

  mutating func depthwise(_ x: Int, _ window: WindowShape, multiplier: Int = 1, _ activation: Activation)
    -> Int
  {
    weighted(
      "depthwise", x, window, channels: shape(x).channels * multiplier, groups: nil,
      runs: window.kernel.width, runLength: window.kernel.height, activation)
  }

  mutating func fullyConnected(_ x: Int, channels: Int, _ activation: Activation) -> Int {
    weighted(
      "fully_connected", x, nil, channels: channels, groups: nil, runs: 1, runLength: shape(x).count,
      activation)
  }

  private mutating func weighted(
    _ kind: String, _ x: Int, _ window: WindowShape?, channels: Int, groups: Int?, runs: Int, runLength: Int,
    _ activation: Activation
  ) -> Int {
    var shape = window?.output(over: self.shape(x)) ?? Shape(height: 1, width: 1, channels: 1)
    shape.channels = channels
    multiplyAccumulates += shape.count * runs * runLength
    let (quantisation, range, target, spread) = bounded(activation)
    let hasRepeats = kind != "depthwise" && random.one(in: 4)
    let repeats = hasRepeats ? repeats(groups: runs * ((runLength + 3) / 4)) : []
    let taps = runs * runLength + 4 * repeats.count
    let sumSpread = Double(taps).squareRoot() * 73 * tensors[x].spread
    let weights = weights(
      groups: groups ?? 1, channels: channels / (groups ?? 1), runs: runs, runLength: runLength, repeats,
      zeroPoint: tensors[x].quantisation?.zeroPoint ?? 0, sumSpread: sumSpread, target: target)
    return append(
      Operator(
        kind: kind, inputs: [x], output: tensors.count, window: window, groups: groups, range: range,
        weights: weights),
      Tensor(shape: shape, quantisation: quantisation, spread: spread))
  }

  /// The first taps of some of so many groups of four.
  private mutating func repeats(groups: Int) -> [Int] {
    (0..<random.integer(1...min(9, groups + 1))).map { _ in random.integer(0...groups - 1) * 4 }.sorted()
  }

  /// Random weights in the layout k4n16: `runs` runs of `runLength` taps, each filled up to a multiple of four, and the
  /// `repeats`.
  private mutating func weights(
    groups: Int, channels: Int, runs: Int, runLength: Int, _ repeats: [Int], zeroPoint: Int32,
    sumSpread: Double, target: Double
  ) -> Weights {
    let panels = (channels + 15) / 16
    let paddedRun = (runLength + 3) / 4 * 4
    let firsts = Array(stride(from: 0, to: runs * paddedRun, by: 4)) + repeats
    let depthGroups = firsts.count
    let paddedChannels = groups * panels * 16
    var packed = [Int8](repeating: 0, count: groups * panels * depthGroups * 64)
    var bias = [Int32](repeating: 0, count: 2 * paddedChannels)
    var multiplier = [Float](repeating: 0, count: paddedChannels)
    for group in 0..<groups {
      for channel in 0..<channels {
        let panel = group * panels + channel / 16
        var sum: Int32 = 0
        for (index, first) in firsts.enumerated() {
          let bits = random.next()
          for tap in first..<first + 4 where tap % paddedRun < runLength {
            let weight = max(-127, Int8(truncatingIfNeeded: bits >> UInt64(tap % 4 * 8)))
            let k = index * 4 + tap - first
            packed[((panel * depthGroups + k / 4) * 16 + channel % 16) * 4 + k % 4] = weight
            sum += Int32(weight)
          }
        }
        let place = panel * 16 + channel % 16
        bias[place] = Int32(sumSpread * random.real(-0.5...0.5)) - zeroPoint * sum
        bias[paddedChannels + place] = bias[place] - 128 * sum
        multiplier[place] = Float(target / sumSpread * random.real(0.5...1.7))
      }
    }
    return Weights(
      repeats: repeats, packed: packed, packedShape: [groups * panels, depthGroups, 16, 4], bias: bias,
      multiplier: multiplier)
  }
}

// MARK: Operators without weights

extension NetworkSketch {
  mutating func add(_ a: Int, _ b: Int, _ activation: Activation) -> Int {
    let (drawn, range, target, spread) = bounded(activation)
    let (left, right) = (tensors[a].scale * tensors[a].spread, tensors[b].scale * tensors[b].spread)
    let quantisation = Quantisation(
      scale: Float((left * left + right * right).squareRoot() / target), zeroPoint: drawn.zeroPoint)
    return append(
      Operator(kind: "add", inputs: [a, b], output: tensors.count, range: range),
      Tensor(shape: shape(a), quantisation: quantisation, spread: spread))
  }

  mutating func maximumPool(_ x: Int, _ window: WindowShape) -> Int {
    pool("maximum_pool", x, window, range: -128...127, quantisation: tensors[x].quantisation)
  }

  mutating func averagePool(_ x: Int, _ window: WindowShape) -> Int {
    let range = random.one(in: 3) ? -90...95 : -128...127
    let same = random.one(in: 2)
    return pool(
      "average_pool", x, window, range: range, quantisation: same ? tensors[x].quantisation : rescaled(x))
  }

  private mutating func pool(
    _ kind: String, _ x: Int, _ window: WindowShape, range: ClosedRange<Int>, quantisation: Quantisation?
  ) -> Int {
    append(
      Operator(kind: kind, inputs: [x], output: tensors.count, window: window, range: range),
      Tensor(
        shape: window.output(over: shape(x)) ?? shape(x), quantisation: quantisation,
        spread: tensors[x].spread))
  }

  /// The mean over height and width, as codes or as real numbers.
  mutating func mean(_ x: Int, isReal: Bool) -> Int {
    let shape = shape(x)
    let shrunk = Double(min(shape.height * shape.width, 16)).squareRoot()
    let quantisation = Quantisation(
      scale: Float(tensors[x].scale / shrunk), zeroPoint: Int32(random.integer(-100...20)))
    return append(
      Operator(kind: "mean", inputs: [x], output: tensors.count),
      Tensor(
        shape: Shape(height: 1, width: 1, channels: shape.channels),
        quantisation: isReal ? nil : quantisation,
        spread: tensors[x].spread))
  }

  mutating func pad(_ x: Int, _ padding: Padding) -> Int {
    let from = shape(x)
    let shape = Shape(
      height: from.height + padding.top + padding.bottom, width: from.width + padding.left + padding.right,
      channels: from.channels)
    return append(
      Operator(kind: "pad", inputs: [x], output: tensors.count, padding: padding),
      Tensor(shape: shape, quantisation: tensors[x].quantisation, spread: tensors[x].spread))
  }

  mutating func reshape(_ x: Int, to shape: Shape) -> Int {
    append(
      Operator(kind: "reshape", inputs: [x], output: tensors.count),
      Tensor(shape: shape, quantisation: tensors[x].quantisation, spread: tensors[x].spread))
  }

  mutating func concatenation(_ parts: [Int]) -> Int {
    var shape = shape(parts[0])
    shape.channels = parts.reduce(0) { $0 + self.shape($1).channels }
    let quantisation = random.one(in: 2) ? tensors[parts[0]].quantisation : rescaled(parts[0])
    return append(
      Operator(kind: "concatenation", inputs: parts, output: tensors.count),
      Tensor(shape: shape, quantisation: quantisation, spread: 60))
  }

  mutating func requantise(_ x: Int) -> Int {
    append(
      Operator(kind: "requantise", inputs: [x], output: tensors.count),
      Tensor(shape: shape(x), quantisation: rescaled(x), spread: tensors[x].spread))
  }

  mutating func softmax(_ x: Int, isReal: Bool) -> Int {
    append(
      Operator(kind: "softmax", inputs: [x], output: tensors.count),
      Tensor(
        shape: shape(x), quantisation: isReal ? nil : Quantisation(scale: 1 / 256, zeroPoint: -128),
        spread: 60))
  }

  /// A tap: not the network's output, and read by nobody.
  mutating func statistics(_ x: Int) {
    taps.append(
      append(
        Operator(kind: "statistics", inputs: [x], output: tensors.count),
        Tensor(
          shape: Shape(height: 1, width: 1, channels: 2 * shape(x).channels), quantisation: nil,
          spread: tensors[x].spread)))
  }

  mutating func dequantise(_ x: Int) -> Int {
    append(
      Operator(kind: "dequantise", inputs: [x], output: tensors.count),
      Tensor(shape: shape(x), quantisation: nil, spread: tensors[x].spread))
  }
}

// MARK: Scales

extension NetworkSketch {
  private mutating func append(_ step: Operator, _ output: Tensor) -> Int {
    operators.append(step)
    tensors.append(output)
    return step.output
  }

  /// Other quantisation parameters of about the same reach.
  private mutating func rescaled(_ x: Int) -> Quantisation {
    Quantisation(
      scale: Float(tensors[x].scale * random.real(0.6...1.8)), zeroPoint: Int32(random.integer(-60...60)))
  }

  /// Quantisation and range of a bounded output, the spread that its codes should have before they are bounded, and
  /// the spread that they then have.
  private mutating func bounded(
    _ activation: Activation
  ) -> (quantisation: Quantisation, range: ClosedRange<Int>, target: Double, spread: Double) {
    let scale = Float(random.real(0.01...0.06))
    switch activation {
    case .none:
      let zero = random.integer(-40...40)
      return (Quantisation(scale: scale, zeroPoint: Int32(zero)), -128...127, 45, 42)
    case .relu: return (Quantisation(scale: scale, zeroPoint: -128), -128...127, 110, 75)
    case .relu6:
      let greatest = random.integer(20...127)
      return (Quantisation(scale: scale, zeroPoint: -128), -128...greatest, 120, 70)
    case .narrow:
      let zero = random.integer(-30...30)
      let range = zero - random.integer(10...60)...zero + random.integer(10...60)
      return (Quantisation(scale: scale, zeroPoint: Int32(zero)), range, 40, 30)
    }
  }
}

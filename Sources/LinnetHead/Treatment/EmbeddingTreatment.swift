/// What is done to an embedding before a head sees it: parts of it are chosen, each is made comparable by itself, and
/// they are put side by side.
///
/// Each block by itself: the power, then (x − centre) / deviation where these are given, then division by its Euclidean
/// length where ``isNormalised``, then multiplication with √weight. The blocks' numbers follow each other, and are divided
/// by their common length where ``normalisesWhole``.
public struct EmbeddingTreatment: Hashable, Sendable {
  /// Consecutive numbers of an embedding.
  public struct Block: Hashable, Sendable {
    public var range: Range<Int>
    /// How much the block counts in inner products; above zero.
    public var weight: Float
    /// What becomes of its numbers first.
    public var power: Power

    public init(range: Range<Int>, weight: Float = 1, power: Power = .none) {
      self.range = range
      self.weight = weight
      self.power = power
    }
  }

  /// What becomes of the numbers of a block.
  public enum Power: String, Hashable, Sendable {
    case none
    /// √x, −√−x below zero: tames the few great activations of a rectified network (Perronnin, Sánchez, Mensink,
    /// "Improving the Fisher Kernel for Large-Scale Image Classification", 2010).
    case squareRoot = "root"
  }

  /// The parts that are used, in this order; a range may stand in several.
  public var blocks: [Block]
  /// ``width`` numbers that are subtracted after the power.
  public var centre: [Float]?
  /// ``width`` numbers above zero by which is divided then.
  public var deviation: [Float]?
  /// Every block is divided by its Euclidean length.
  public var isNormalised: Bool
  /// All blocks together are divided by their length.
  public var normalisesWhole: Bool
  /// A learned metric that says all of this instead of the rest.
  public var prior: MetricPrior?

  public init(
    blocks: [Block], centre: [Float]? = nil, deviation: [Float]? = nil,
    isNormalised: Bool = true, normalisesWhole: Bool = false
  ) {
    self.blocks = blocks
    self.centre = centre
    self.deviation = deviation
    self.isNormalised = isNormalised
    self.normalisesWhole = normalisesWhole
  }

  /// Nothing.
  public static func raw(_ dimension: Int) -> EmbeddingTreatment {
    EmbeddingTreatment(blocks: [Block(range: 0..<dimension)], isNormalised: false)
  }

  /// Divided by its Euclidean length.
  public static func l2(_ dimension: Int) -> EmbeddingTreatment {
    EmbeddingTreatment(blocks: [Block(range: 0..<dimension)])
  }

  /// The square roots, divided by their Euclidean length.
  public static func squareRoot(_ dimension: Int) -> EmbeddingTreatment {
    EmbeddingTreatment(blocks: [Block(range: 0..<dimension, power: .squareRoot)])
  }

  /// Less the mean of the backbone's own pictures, divided by the Euclidean length.
  public static func centred(_ source: SourceStatistics) -> EmbeddingTreatment {
    var treatment = l2(source.mean.count)
    treatment.centre = source.mean
    return treatment
  }

  /// In units of how far the backbone's own pictures deviate from their mean, divided by the Euclidean length. Of a number that
  /// hardly deviates, next to nothing is known: it counts in a unit that is no smaller than a hundredth of the mean one.
  public static func standardised(_ source: SourceStatistics) -> EmbeddingTreatment {
    var treatment = centred(source)
    let mean = source.deviation.reduce(0, +) / Float(max(source.deviation.count, 1))
    treatment.deviation = source.deviation.map { max($0, 0.01 * mean, .leastNormalMagnitude) }
    return treatment
  }

  /// Numbers that a head sees.
  public var width: Int { prior?.width ?? blocks.reduce(0) { $0 + $1.range.count } }

  /// No embedding becomes longer than one.
  var isBounded: Bool {
    prior != nil || normalisesWhole || isNormalised && blocks.reduce(0) { $0 + $1.weight } < 1.0001
  }

  /// Fits embeddings of `dimension` numbers.
  func isValid(dimension: Int) -> Bool {
    if let prior { return prior.dimension == dimension }
    return !blocks.isEmpty
      && blocks.allSatisfy {
        !$0.range.isEmpty && $0.range.lowerBound >= 0 && $0.range.upperBound <= dimension && $0.weight > 0
          && $0.weight.isFinite
      }
      && blocks.count <= 256 && width <= 65536
      && (centre.map { $0.count == width && $0.allSatisfy { $0.isFinite } } ?? true)
      && (deviation.map { $0.count == width && $0.allSatisfy { $0.isFinite && $0 > 0 } } ?? true)
  }
}

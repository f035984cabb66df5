internal import LinnetAlgebra

/// A learned classifier over a backbone's embeddings: from embedding to decision.
///
/// Classes are scored by what the method learned (`FORMAT.md`). Confidences are the softmax of the scores divided by
/// ``temperature``. The open-set score joins what tells the known from the rest (`FORMAT.md`). Everything is single precision in one fixed order: the same head and embedding give the
/// same decision, bit for bit, on every machine.
public struct Head: Sendable {
  /// What a head is: the method by which it was learned, or a network's own classifier.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// The classifier that a converted network came with.
    case linear
    case prototype, imprint, knn, logistic, ridge, lda, mlp, auto
  }

  /// What the scores are made of.
  enum Scorer: Sendable {
    case linear(LinearClassifier, gain: Float)
    /// The cosine to the class means, times the gain.
    case prototype(gain: Float)
    case nearest(NearestNeighbours)
    case perceptron(Perceptron, gain: Float)
  }

  /// Cosines are multiplied with this to be scores.
  public static let prototypeGain: Float = 20
  /// Embeddings of unit length are multiplied with this before logistic regression.
  public static let logisticGain: Float = 10
  /// The weight of the greatest probability in the open-set score.
  public static let probabilityShare: Float = 0.3

  /// Unique names.
  public internal(set) var classes: [String]
  /// Numbers an embedding.
  public let dimension: Int
  public let backbone: BackboneIdentity
  /// Scores are divided by it before the softmax; above zero.
  public internal(set) var temperature: Float
  /// An open-set score below it means *unknown*; `nil`: nothing is.
  public var unknownThreshold: Float?
  /// What is added to ``unknownThreshold`` where a class is the likeliest, a number a class; `nil`: nothing.
  public internal(set) var thresholdOffsets: [Float]?
  /// Where the head comes from, for people.
  public var source: String?
  public var license: String?

  /// How it was learned; `nil` for a network's own classifier.
  public internal(set) var recipe: HeadRecipe?
  /// How many of the first ``classes`` come from the head that new ones were put beside; `nil` where none were.
  public internal(set) var baseClassCount: Int?
  /// What `auto` compared, and why it chose; `nil` for other methods.
  public internal(set) var choice: Choice?
  /// What is done to an embedding before it is scored.
  public let treatment: EmbeddingTreatment

  var scorer: Scorer
  /// What the open-set score is made of.
  var unknown: UnknownRule
  /// Of the embeddings of the pictures that the backbone was trained on, where a network's own classifier knows them.
  public var sourceStatistics: SourceStatistics?
  /// The class means of treated embeddings; `nil` where no shots are known.
  var prototypes: Prototypes?
  /// What it was learned from; heads of additive methods keep it.
  var kept: KeptShots?

  init(
    classes: [String], dimension: Int, backbone: BackboneIdentity, treatment: EmbeddingTreatment,
    scorer: Scorer, prototypes: Prototypes?
  ) {
    self.classes = classes
    self.dimension = dimension
    self.backbone = backbone
    self.treatment = treatment
    self.scorer = scorer
    self.prototypes = prototypes
    unknown = prototypes == nil ? .probability : .plain
    temperature = 1
  }

  public var kind: Kind { method.flatMap { Kind(rawValue: $0.rawValue) } ?? .linear }

  /// How it was learned here; `nil` for a network's own classifier.
  public var method: HeadMethod? { recipe?.method }

  /// Shots of every class, `nil` where the head does not know them.
  public var counts: [Int]? { prototypes?.counts.map { Int($0) } }

  /// A head only runs on the embeddings of its own backbone; one that names it and reads vectors of another width, where
  /// the widths are known, is damaged or forged.
  public func checkBackbone(_ inUse: BackboneIdentity) throws(HeadError) {
    guard backbone.digest == inUse.digest else { throw .wrongBackbone(head: backbone, inUse: inUse) }
    let width = inUse.blocks.reduce(0, +)
    guard inUse.blocks.isEmpty || width == dimension else {
      throw .wrongDimension(expected: dimension, actual: width)
    }
  }
}

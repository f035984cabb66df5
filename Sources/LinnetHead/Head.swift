internal import LinnetAlgebra

/// A learned classifier over a backbone's embeddings: from embedding to decision.
///
/// Classes are scored by the cosine to the class mean (`prototype`, times ``prototypeGain``) or by a linear function
/// (`logistic`, and `linear`, the classifier that a converted network came with). Confidences are the softmax of the
/// scores divided by ``temperature``. The open-set score of `prototype` and `logistic` is the cosine to the nearest
/// class mean plus ``probabilityShare`` times the greatest probability at temperature 1; of `linear`, which has no class
/// means, that probability alone. Everything is single precision in one fixed order: the same head and embedding give the
/// same decision, bit for bit, on every machine.
public struct Head: Sendable {
  /// What the scores are made of.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case linear
    case prototype
    case logistic
  }

  enum Parameters: Sendable {
    case linear(LinearClassifier)
    case prototype(Prototypes)
    case logistic(LinearClassifier, Prototypes)
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
  /// Where the head comes from, for people.
  public var source: String?
  public var license: String?

  var parameters: Parameters
  let treatment: EmbeddingTreatment
  let gain: Float

  init(
    classes: [String], dimension: Int, backbone: BackboneIdentity, parameters: Parameters,
    treatment: EmbeddingTreatment, gain: Float
  ) {
    self.classes = classes
    self.dimension = dimension
    self.backbone = backbone
    self.parameters = parameters
    self.treatment = treatment
    self.gain = gain
    temperature = 1
  }

  public var kind: Kind {
    switch parameters {
    case .linear: .linear
    case .prototype: .prototype
    case .logistic: .logistic
    }
  }

  /// How it was learned here; `nil` for a network's own classifier.
  public var method: HeadMethod? { HeadMethod(rawValue: kind.rawValue) }

  /// Shots of every class, `nil` where the head does not know them.
  public var counts: [Int]? { prototypes?.counts.map { Int($0) } }

  var prototypes: Prototypes? {
    switch parameters {
    case .linear: nil
    case .prototype(let prototypes), .logistic(_, let prototypes): prototypes
    }
  }

  /// A head only runs on the embeddings of its own backbone.
  public func checkBackbone(_ inUse: BackboneIdentity) throws(HeadError) {
    guard backbone.digest == inUse.digest else { throw .wrongBackbone(head: backbone, inUse: inUse) }
  }
}

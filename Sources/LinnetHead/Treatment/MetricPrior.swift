internal import LinnetAlgebra

/// A metric over a backbone's vectors that was learned from pictures of anything: what heads see of an embedding when it is
/// used.
///
/// Pictures of things that nobody asks about tell along which directions embeddings differ whatever they show; heads from a
/// few shots do better where these count less. Every block of the vector is centred, its leading directions are
/// shortened by their ``Part/gains`` (whitening of the total covariance with a ridge; with the covariance within
/// classes the idea is of Hatch, Kajarekar, Stolcke, "Within-Class Covariance Normalization for SVM-Based Speaker Recognition",
/// 2006), and its length made one. Beside them stand the square roots of the probabilities of the backbone's own classes:
/// inner products of these are Bhattacharyya's coefficient of two pictures' answers (1943), which is what one shot
/// gains most from.
public struct MetricPrior: Hashable, Sendable {
  /// What becomes of consecutive numbers of a vector.
  public struct Part: Hashable, Sendable {
    public var range: Range<Int>
    public var power: EmbeddingTreatment.Power
    /// Subtracted, then divided by, before the length is made one; `nil`: nothing.
    public var standard: Standard?
    /// Subtracted from what has length one.
    public var centre: [Float]
    /// ``rank`` directions of length one, one after the other.
    public var directions: [Float]
    /// What remains along each direction, above 0 and at most 1.
    public var gains: [Float]
    /// How much the part counts in inner products.
    public var weight: Float

    public var rank: Int { gains.count }
  }

  /// Mean and deviation of every number.
  public struct Standard: Hashable, Sendable {
    public var mean: [Float]
    public var deviation: [Float]
  }

  /// The backbone's own classifier over the first numbers of a vector.
  public struct Likeness: Hashable, Sendable {
    /// Numbers of a vector that it reads.
    public var width: Int
    /// A row a class.
    public var codes: [Int8]
    public var scales: [Float]
    public var bias: [Float]
    public var weight: Float

    public var classCount: Int { bias.count }
  }

  public let backbone: BackboneIdentity
  /// Numbers of a vector.
  public let dimension: Int
  public let parts: [Part]
  public let likeness: Likeness?

  init(backbone: BackboneIdentity, dimension: Int, parts: [Part], likeness: Likeness?) {
    self.backbone = backbone
    self.dimension = dimension
    self.parts = parts
    self.likeness = likeness
  }

  /// Numbers that a head sees.
  public var width: Int { parts.reduce(likeness?.classCount ?? 0) { $0 + $1.range.count } }

  /// The treatment that applies it.
  public var treatment: EmbeddingTreatment {
    var treatment = EmbeddingTreatment.raw(dimension)
    treatment.prior = self
    return treatment
  }

  /// A metric only fits the vectors of its own backbone.
  public func check(_ inUse: BackboneIdentity) throws(HeadError) {
    guard backbone.digest == inUse.digest else { throw .wrongBackbone(head: backbone, inUse: inUse) }
  }

  /// Of all parts and of the likeness.
  var totalWeight: Float { parts.reduce(likeness?.weight ?? 0) { $0 + $1.weight } }
}

extension MetricPrior.Part {
  /// Writes the numbers of the part in an embedding, the one at `place` among `rows`, with its power, standard and length.
  func write(_ rows: [Float], place: Int, dimension: Int, to result: inout Matrix, row: Int) {
    for column in 0..<range.count {
      var number = rows[place * dimension + range.lowerBound + column]
      if power == .squareRoot { number = number < 0 ? -(-number).squareRoot() : number.squareRoot() }
      if let standard { number = (number - standard.mean[column]) / standard.deviation[column] }
      result[row, column] = number
    }
    result.normalise(row: row)
  }
}

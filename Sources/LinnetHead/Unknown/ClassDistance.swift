internal import LinnetAlgebra

/// How far an embedding lies from the nearest class mean, measured against how shots of one class differ: the squared
/// Mahalanobis distance under a covariance that all classes share (Lee, Lee, Lee, Shin, "A Simple Unified Framework for
/// Detecting Out-of-Distribution Samples and Adversarial Attacks", 2018), with a multiple of the identity added, since
/// there are fewer shots than numbers.
///
/// With the differences D of shots from their class means, a row each, and the covariance `A = f · DᵀD + εI`:
/// `vᵀA⁻¹v = (|v|² − |Uv|²) / ε`, where `U = L⁻¹D` and `LLᵀ = DDᵀ + (ε/f) I`.
struct ClassDistance: Hashable, Sendable {
  /// The parts of an embedding that are compared.
  let treatment: EmbeddingTreatment
  /// A row a class.
  let means: KnownShots
  /// U, a row for every difference; `nil`: no class has two shots.
  let directions: KnownShots?
  /// U times every class mean, and its squared length last: class after class.
  let images: [Float]
  /// ε, above zero.
  let floor: Float
}

extension ClassDistance {
  /// What measuring a number of embeddings at a time writes to.
  struct Workspace {
    private let distance: ClassDistance
    private var treated: TreatedEmbeddings
    /// With every class mean.
    private var products: Matrix
    /// With every direction.
    private var along: Matrix

    init(_ distance: ClassDistance, count: Int) {
      self.distance = distance
      treated = TreatedEmbeddings(distance.treatment, count: count)
      products = Matrix(rows: count, columns: distance.means.count)
      along = Matrix(rows: count, columns: distance.directions?.count ?? 0)
    }

    mutating func take(_ rows: [Float], dimension: Int) {
      treated.take(rows, dimension: dimension)
      distance.means.writeCosines(of: treated.matrix, to: &products)
      distance.directions?.writeCosines(of: treated.matrix, to: &along)
    }

    /// Minus the distance of an embedding to the nearest class.
    func nearness(row: Int) -> Float {
      let square = treated.matrix.dot(row: row, treated.matrix, row: row)
      let rank = along.columns
      var least = Float.infinity
      for place in 0..<products.columns {
        let image = place * (rank + 1)
        var explained: Float = 0
        for direction in 0..<rank {
          let difference = along[row, direction] - distance.images[image + direction]
          explained += difference * difference
        }
        least = min(least, square - 2 * products[row, place] + distance.images[image + rank] - explained)
      }
      return -least / distance.floor
    }
  }
}

extension EmbeddingTreatment {
  /// What distances are measured in: the embedding and, where the backbone gives it, the mean of its last tapped map, both of
  /// length one and as much as the other. What a network is about to throw away tells strangers from classes.
  static func embeddingAndLastMap(_ backbone: BackboneIdentity, dimension: Int) -> EmbeddingTreatment {
    let width = min(backbone.blocks.first ?? dimension, dimension)
    var blocks = [Block(range: 0..<width)]
    if let last = backbone.taps(dimension: dimension).last { blocks.append(Block(range: last.means)) }
    for place in blocks.indices { blocks[place].weight = 1 / Float(blocks.count) }
    return EmbeddingTreatment(blocks: blocks)
  }
}

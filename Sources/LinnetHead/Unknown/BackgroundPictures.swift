internal import LinnetAlgebra

/// Pictures of the background, and how embeddings are compared with them.
struct BackgroundPictures: Hashable, Sendable {
  /// How many of the nearest count.
  static let usualNeighbours = 3

  /// The part of an embedding that is compared.
  let part: Range<Int>
  let pictures: KnownShots
  /// Above zero.
  let neighbours: Int

  var treatment: EmbeddingTreatment { EmbeddingTreatment(blocks: [.init(range: part)]) }
}

extension BackboneIdentity {
  /// By what pictures of a background are told: the deviations of the tapped map before the last – what a scene is made of, more than
  /// what it shows – or else the embedding.
  func backgroundPart(dimension: Int) -> Range<Int> {
    let taps = taps(dimension: dimension)
    guard taps.count > 1 else { return 0..<min(blocks.first ?? dimension, dimension) }
    return taps[taps.count - 2].deviations
  }
}

extension Matrix {
  /// The mean of the `count` greatest numbers of a row, or of all where there are fewer; zero where there are none.
  ///
  /// - Parameter skipped: a column that does not count.
  func meanOfGreatest(_ count: Int, row: Int, except skipped: Int? = nil) -> Float {
    var (total, taken): (Float, Int) = (0, 0)
    // Every turn takes the first of the greatest that come after what the turn before took.
    var (bound, after): (Float, Int) = (.infinity, -1)
    while taken < count {
      var (greatest, place): (Float, Int) = (-.infinity, -1)
      for column in 0..<columns where column != skipped {
        let value = self[row, column]
        if value > greatest, value < bound || value == bound && column > after {
          (greatest, place) = (value, column)
        }
      }
      guard place >= 0 else { break }
      total += greatest
      taken += 1
      (bound, after) = (greatest, place)
    }
    return taken > 0 ? total / Float(taken) : 0
  }
}

internal import LinnetAlgebra

/// How much a picture differs from place to place in the maps that the backbone taps.
///
/// What a network makes something of stands out in its last map from what surrounds it, and does so by more than in its first.
/// Where a picture stands out less than the shots, it shows hardly what they show, however near it lies to a class.
struct MapContrast: Hashable, Sendable {
  /// The channels' deviations over the first tapped map, in a whole embedding.
  let first: Range<Int>
  /// The same of the last.
  let last: Range<Int>

  /// What is measured of an embedding.
  struct Measured: Hashable, Sendable {
    /// The logarithm of the length of the last map's deviations.
    var contrast: Float = 0
    /// How much it is above that of the first map's.
    var rise: Float = 0
  }

  /// - Parameter rows: whole embeddings of `dimension` numbers, one after the other.
  func measure(_ rows: [Float], place: Int, dimension: Int) -> Measured {
    let contrast = MapContrast.length(rows, last, from: place * dimension)
    let rise = contrast - MapContrast.length(rows, first, from: place * dimension)
    return Measured(contrast: Float(contrast), rise: Float(rise))
  }

  /// The logarithm of the Euclidean length of a part, bounded; of one that is not finite as of zeros.
  private static func length(_ rows: [Float], _ part: Range<Int>, from start: Int) -> Double {
    var squares = 0.0
    for place in start + part.lowerBound..<start + part.upperBound {
      squares += Double(rows[place]) * Double(rows[place])
    }
    if !squares.isFinite { squares = 0 }
    return logarithm(min(max(squares, 1e-12), 1e60)) / 2
  }
}

extension MapContrast {
  /// `nil` where the backbone taps no maps.
  init?(_ backbone: BackboneIdentity, dimension: Int) {
    let taps = backbone.taps(dimension: dimension)
    guard let first = taps.first, let last = taps.last else { return nil }
    self.init(first: first.deviations, last: last.deviations)
  }
}

extension BackboneIdentity {
  /// Where in an embedding of `dimension` numbers the means and deviations of every tapped map lie; none of a pair.
  func taps(dimension: Int) -> [(means: Range<Int>, deviations: Range<Int>)] {
    guard blocks.count > 2, blocks.count % 2 == 1, blocks.reduce(0, +) == dimension,
      outputRanges(dimension: dimension).count == 1
    else { return [] }
    var start = blocks[0]
    return stride(from: 1, to: blocks.count, by: 2).map { place in
      let middle = start + blocks[place]
      defer { start = middle + blocks[place + 1] }
      return (start..<middle, middle..<middle + blocks[place + 1])
    }
  }
}

internal import LinnetAlgebra

/// Embeddings of pictures that never were: what the backbone would make of things of which its own classifier is sure, so
/// that a head can learn what lies outside of its classes without a picture of it.
///
/// For a row w of the classifier and the source's mean μ and deviation σ: `max(0, μ + a · |σ| · σ²w / |σ²w|)`, which is the
/// direction in which embeddings of a source class lie under independent numbers (as in linear discriminant analysis
/// backwards), a of 0.5…2 of a typical distance from the mean away.
enum PseudoBackground {
  /// Enough to surround any classes; more make learning slower and nothing better.
  static let count = 200

  /// Rows of `statistics.mean.count` numbers, one after the other; none when the classifier has no linear weights or does
  /// not fit the statistics.
  static func embeddings(of classifier: LinearClassifier, _ statistics: SourceStatistics) -> [Float] {
    let dimension = statistics.mean.count
    let classCount = classifier.bias.count
    let count = min(count, classCount)
    let variances = statistics.deviation.map { Double($0) * Double($0) }
    let spread = variances.reduce(0, +).squareRoot()
    var rows: [Float] = []
    rows.reserveCapacity(count * dimension)
    for number in 0..<count {
      let weights = classifier.row(number * classCount / count)
      guard weights.count == dimension else { return [] }
      let direction = zip(weights, variances).map { Double($0) * $1 }
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0, length.isFinite else { continue }
      // Distances in turn, far from those of neighbouring classes: multiples of the golden ratio, without their whole part.
      let turn = Double(number) * 0.618_033_988_749_894_9
      let distance = (0.5 + 1.5 * (turn - turn.rounded(.down))) * spread / length
      for place in 0..<dimension {
        rows.append(Float(max(0, Double(statistics.mean[place]) + distance * direction[place])))
      }
    }
    return rows
  }
}

extension LinearClassifier {
  /// The real weights of one class.
  func row(_ place: Int) -> [Float] {
    switch weights {
    case .float(let matrix): return matrix.elements(of: place)
    case .int8(let codes, let scales):
      let dimension = codes.count / max(scales.count, 1)
      return codes[place * dimension..<(place + 1) * dimension].map { Float($0) * scales[place] }
    }
  }
}

/// Scores of held-out shots, every class counting the same: the shots of a small class score lower than those of a large one,
/// and where most are of large ones, a share of all shots would refuse a much greater share of the small classes.
struct KnownScores {
  /// From the least to the greatest.
  private let scores: [Float]
  /// How far each lies between the least and the greatest, 0 to 1; empty where all count the same.
  private let places: [Double]

  /// - Parameter classOf: the class of each, from zero.
  init(_ scores: [Float], classOf: [Int]) {
    var counts = [Int](repeating: 0, count: (classOf.max() ?? -1) + 1)
    for place in classOf { counts[place] += 1 }
    let order = scores.indices.sorted { a, b in
      (scores[a], counts[classOf[a]]) < (scores[b], counts[classOf[b]])
    }
    self.scores = order.map { scores[$0] }
    guard Set(counts.filter { $0 > 0 }).count > 1 else {
      places = []
      return
    }
    let weights = order.map { 1 / Double(counts[classOf[$0]]) }
    var ends = [0.0]
    for place in weights.indices.dropFirst() {
      ends.append(ends[place - 1] + (weights[place - 1] + weights[place]) / 2)
    }
    let length = ends[ends.count - 1]
    places = ends.map { $0 / length }
  }

  /// Between the two nearest; the same as ``Calibration/quantile(_:_:)`` where all count the same.
  func quantile(_ share: Double) -> Float {
    guard let above = places.firstIndex(where: { $0 >= share }) else {
      return Calibration.quantile(scores, share)
    }
    guard above > 0 else { return scores[0] }
    let part = (share - places[above - 1]) / (places[above] - places[above - 1])
    return scores[above - 1] + Float(part) * (scores[above] - scores[above - 1])
  }
}

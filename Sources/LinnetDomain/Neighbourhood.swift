internal import LinnetAlgebra

/// Which frames are most like each frame.
struct Neighbourhood {
  /// Of every frame, the most similar first; all lists are of one length.
  let nearest: [[Int]]
  /// The cosine to each, at least zero.
  let similarity: [[Float]]
  /// What each frame counts where every kind of frame is to count alike, 1 on average: the inverse of how many are like it,
  /// itself among them. A frame is wholly like another from 0.15 above the mean cosine to the last of ``nearest``, not at
  /// all from 0.15 below, and in part between.
  let rarity: [Float]

  /// - Parameter rows: of unit length, a row a frame.
  init(_ rows: Matrix, count: Int) {
    let wanted = max(0, min(count, rows.rows - 1))
    var nearest: [[Int]] = []
    var similarity: [[Float]] = []
    let cosines = rows.timesTransposed(rows, isSymmetric: true)
    for frame in 0..<rows.rows {
      let others = (0..<rows.rows).filter { $0 != frame }
        .sorted { (-cosines[frame, $0], $0) < (-cosines[frame, $1], $1) }.prefix(wanted)
      nearest.append(Array(others))
      similarity.append(others.map { max(cosines[frame, $0], 0) })
    }
    self.nearest = nearest
    self.similarity = similarity
    rarity = Neighbourhood.rarity(cosines, near: similarity.map { $0.last ?? 1 })
  }

  private static func rarity(_ cosines: Matrix, near: [Float]) -> [Float] {
    let limit: Float = near.reduce(0, +) / Float(max(near.count, 1))
    var inverse = [Float](repeating: 0, count: cosines.rows)
    for frame in 0..<cosines.rows {
      var alike: Float = 1
      for other in 0..<cosines.columns where other != frame {
        let part: Float = (cosines[frame, other] - limit) / 0.3 + 0.5
        alike += min(max(part, 0), 1)
      }
      inverse[frame] = 1 / alike
    }
    let mean: Float = inverse.reduce(0, +) / Float(max(inverse.count, 1))
    return inverse.map { $0 / mean }
  }

  /// How much the labels of a frame's neighbours tell of its own: their mutual information, estimated from the neighbours'
  /// votes, as a share of what labels of equally frequent classes hold. Near one where classes are clusters of about equal
  /// size; near zero where labels are as good as dealt by chance, or all frames have one.
  func structure(_ labels: [Int], classCount: Int) -> Double {
    guard classCount > 1 else { return 0 }
    return information(labels, classCount: classCount) / logarithm(Double(classCount))
  }

  /// The same as a share of what these labels hold. Labels that hold next to nothing count as holding a tenth of a nat.
  func explained(_ labels: [Int], classCount: Int) -> Double {
    information(labels, classCount: classCount) / max(entropy(shares(labels, classCount)), 0.1)
  }

  /// The mutual information of a frame's label and its neighbours', in nats.
  private func information(_ labels: [Int], classCount: Int) -> Double {
    guard let votes = nearest.first?.count, votes > 0 else { return 0 }
    var surprise = 0.0
    for (frame, label) in labels.enumerated() {
      let agreeing = nearest[frame].count { labels[$0] == label }
      surprise -= logarithm((Double(agreeing) + 0.5 / Double(classCount)) / (Double(votes) + 0.5))
    }
    return entropy(shares(labels, classCount)) - surprise / Double(labels.count)
  }

  /// Labels spread along the edges: `F ← α S F + (1 − α) start`, thirty times, S the normalised symmetric adjacency (Zhou
  /// and others, "Learning with Local and Global Consistency", 2004).
  ///
  /// - Parameter start: class × frame.
  /// - Returns: the same shape, a distribution a frame.
  func spread(_ start: Matrix, along share: Float = 0.9, rounds: Int = 30) -> Matrix {
    let count = start.columns
    var adjacency = Matrix(rows: count, columns: count)
    for frame in 0..<count {
      for (other, cosine) in zip(nearest[frame], similarity[frame]) {
        adjacency[frame, other] = max(adjacency[frame, other], cosine)
        adjacency[other, frame] = max(adjacency[other, frame], cosine)
      }
    }
    let degrees = (0..<count).map { row in
      1 / ((0..<count).reduce(Float(1e-9)) { $0 + adjacency[row, $1] }).squareRoot()
    }
    for row in 0..<count {
      for column in 0..<count { adjacency[row, column] *= degrees[row] * degrees[column] }
    }
    var spread = start
    for _ in 0..<rounds {
      var next = spread.timesTransposed(adjacency)
      next.scale(share)
      next.add(1 - share, start)
      spread = next
    }
    for frame in 0..<count {
      let total = (0..<start.rows).reduce(Float(0)) { $0 + spread[$1, frame] }
      guard total > 0 else { continue }
      for place in 0..<start.rows { spread[place, frame] /= total }
    }
    return spread
  }
}

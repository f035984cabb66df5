internal import LinnetAlgebra

/// The most similar shots vote (Fix, Hodges, "Discriminatory Analysis: Nonparametric Discrimination", 1951), each with
/// `exp(20 cos)`, the attention of Vinyals and others, "Matching Networks for One Shot Learning" (2016); a class scores its
/// share of all votes. Votes also count as the balance of the recipe has it.
struct NearestNeighbours: Sendable {
  /// How much sharper than the cosine a vote is.
  static let sharpness: Float = 20
  /// Shares lie between 0 and 1; scores are to suit a softmax.
  static let gain: Float = 10

  /// A treated shot a row.
  let shots: Matrix
  let classOf: [Int]
  let classCount: Int
  /// What the vote of every shot counts.
  let strengths: [Float]
  let neighbours: Int

  init(_ recipe: HeadRecipe, _ samples: Samples) {
    shots = samples.matrix
    classOf = samples.classOf
    classCount = samples.classCount
    strengths = recipe.balance.strengths(
      samples.classOf, classCount: samples.classCount, weights: samples.weights)
    neighbours = recipe.neighbours
  }

  /// A row an embedding.
  func scores(of embeddings: Matrix) -> Matrix {
    let cosines = embeddings.timesTransposed(shots)
    var scores = Matrix(rows: embeddings.rows, columns: classCount)
    for row in 0..<embeddings.rows {
      vote(cosines.elements(of: row), leavingOut: nil, into: &scores, row: row)
    }
    return scores
  }

  /// What every shot is given by the others.
  func heldOut(_ samples: Samples) -> Matrix {
    var scores = Matrix(rows: samples.count, columns: classCount)
    // Some rows at a time: all inner products of many shots take more memory than the shots.
    for start in stride(from: 0, to: samples.count, by: 256) {
      let range = start..<min(start + 256, samples.count)
      let inner = samples.gram?.rows(range) ?? shots.rows(range).timesTransposed(shots)
      for row in range {
        vote(inner.elements(of: row - start), leavingOut: row, into: &scores, row: row)
      }
    }
    return scores
  }

  func fit(_ samples: Samples) -> Fit {
    Fit(scorer: .nearest(self), heldOut: heldOut(samples))
  }

  private func vote(_ cosines: [Float], leavingOut absent: Int?, into scores: inout Matrix, row: Int) {
    // The nearest so far, the nearest first, of equals the one that stands first.
    var nearest: [Int] = []
    for shot in cosines.indices where shot != absent {
      if nearest.count == neighbours, cosines[shot] <= cosines[nearest[neighbours - 1]] { continue }
      var place = nearest.count
      while place > 0, cosines[nearest[place - 1]] < cosines[shot] { place -= 1 }
      nearest.insert(shot, at: place)
      if nearest.count > neighbours { nearest.removeLast() }
    }
    guard let first = nearest.first else { return }
    var total: Float = 0
    for (shot, vote) in zip(nearest, votes(nearest.map { cosines[$0] - cosines[first] })) {
      scores[row, classOf[shot]] += vote * strengths[shot]
      total += vote * strengths[shot]
    }
    for place in 0..<classCount { scores[row, place] *= NearestNeighbours.gain / total }
  }

  /// `exp(sharpness · difference)`.
  private func votes(_ differences: [Float]) -> [Float] {
    var votes: [Float] = []
    for start in stride(from: 0, to: differences.count, by: 8) {
      var eight = SIMD8<Float>()
      for lane in 0..<min(8, differences.count - start) {
        eight[lane] = NearestNeighbours.sharpness * differences[start + lane]
      }
      let powers = exponential(eight)
      for lane in 0..<min(8, differences.count - start) { votes.append(powers[lane]) }
    }
    return votes
  }
}

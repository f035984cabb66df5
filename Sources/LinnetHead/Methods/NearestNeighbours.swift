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
  /// Those that vote: the lot has not left them out.
  private let voters: [Int]
  let neighbours: Int

  init(_ recipe: HeadRecipe, _ samples: Samples) {
    shots = samples.matrix
    classOf = samples.classOf
    classCount = samples.classCount
    // A vote that counts less is a score that is shifted.
    let balance = recipe.balance == .offsets ? .weights : recipe.balance
    strengths = balance.strengths(
      samples.classOf, classCount: samples.classCount, weights: samples.weights)
    voters = samples.withoutLeftOut
    neighbours = recipe.neighbours
  }

  /// Writes the scores, a row an embedding.
  ///
  /// - Parameter cosines: where the cosines to the shots go, a column a shot.
  func writeScores(
    of embeddings: Matrix, cosines: inout Matrix, ballot: inout Ballot, to scores: inout Matrix
  ) {
    embeddings.writeTimesTransposed(shots, to: &cosines)
    for row in 0..<embeddings.rows {
      vote(cosines, row, leavingOut: nil, &ballot, into: &scores, row: row)
    }
  }

  /// What every shot is given by the others.
  func heldOut(_ samples: Samples) -> Matrix {
    var scores = Matrix(rows: samples.count, columns: classCount)
    var ballot = Ballot(self)
    // Some rows at a time: all inner products of many shots take more memory than the shots.
    for start in stride(from: 0, to: samples.count, by: 64) {
      let range = start..<min(start + 64, samples.count)
      let inner = samples.gram?.rows(range) ?? shots.rows(range).timesTransposed(shots)
      for row in range {
        vote(inner, row - start, leavingOut: row, &ballot, into: &scores, row: row)
      }
    }
    return scores
  }

  func fit(_ samples: Samples) -> Fit {
    Fit(scorer: .nearest(self), heldOut: heldOut(samples))
  }

  /// The nearest shots and their votes, in memory that is kept.
  struct Ballot {
    /// The nearest first, of equals the one that stands first.
    fileprivate var nearest: [Int] = []
    /// As many as the nearest, and zeros that fill the last eight.
    fileprivate var votes: Matrix

    init(_ neighbours: NearestNeighbours) {
      let count = min(neighbours.neighbours, neighbours.voters.count)
      nearest.reserveCapacity(count + 1)
      votes = Matrix(rows: 1, columns: count)
    }
  }

  private func vote(
    _ cosines: Matrix, _ asked: Int, leavingOut absent: Int?, _ ballot: inout Ballot,
    into scores: inout Matrix, row: Int
  ) {
    ballot.nearest.removeAll(keepingCapacity: true)
    for shot in voters where shot != absent {
      let cosine = cosines[asked, shot]
      if ballot.nearest.count == neighbours, cosine <= cosines[asked, ballot.nearest[neighbours - 1]] {
        continue
      }
      var place = ballot.nearest.count
      while place > 0, cosines[asked, ballot.nearest[place - 1]] < cosine { place -= 1 }
      ballot.nearest.insert(shot, at: place)
      if ballot.nearest.count > neighbours { ballot.nearest.removeLast() }
    }
    for place in 0..<classCount { scores[row, place] = 0 }
    guard let first = ballot.nearest.first else { return }
    for (place, shot) in ballot.nearest.enumerated() {
      ballot.votes[0, place] = NearestNeighbours.sharpness * (cosines[asked, shot] - cosines[asked, first])
    }
    ballot.votes.exponentiate(row: 0, count: ballot.nearest.count)
    var total: Float = 0
    for (place, shot) in ballot.nearest.enumerated() {
      let vote = ballot.votes[0, place] * strengths[shot]
      scores[row, classOf[shot]] += vote
      total += vote
    }
    for place in 0..<classCount { scores[row, place] *= NearestNeighbours.gain / total }
  }
}

internal import LinnetAlgebra

/// What frames show, guessed from the shots and from each other: class × frame probabilities.
struct Teaching {
  /// The shots' part of the samples against the frames', once frames have labels.
  static let sourceShare: Float = 0.3

  private let classCount: Int
  private let source: Matrix
  private let target: Matrix
  private let weights: [Float]
  private let rarity: [Float]?
  private let memberships: Matrix
  private let strength: Float

  /// - Parameters:
  ///   - source: a row a shot, of unit length, each with its weight (1 on average).
  ///   - target: a row a frame, of unit length.
  ///   - rarity: what every frame counts when frames are shared out, 1 on average; `nil`: all the same.
  ///   - strength: of the ridge regression; great values make class means of it.
  init(
    source: Matrix, classOf: [Int], weights: [Float], classCount: Int, target: Matrix, rarity: [Float]? = nil,
    strength: Float
  ) {
    self.classCount = classCount
    self.source = source
    self.target = target
    self.weights = weights
    self.rarity = rarity
    self.strength = strength
    memberships = Assignment.memberships(classOf, classCount: classCount)
  }

  /// Standardised scores of the frames by what the shots alone say.
  func scores(strength: Float? = nil) -> Matrix {
    let hat = RidgeHat(
      samples: source, weights: weights, queries: target, strength: strength ?? self.strength)
    return Assignment.standardised(hat.scores(memberships), weights: rarity)
  }

  /// Frames are shared out, a classifier is learned from shots and shared-out frames, and so on.
  ///
  /// - Parameter hold: how firmly all classes are held to equal parts, 0…1.
  func sharedOut(rounds: Int, hold: Float) -> Matrix {
    let equal = [Float](repeating: 1 / Float(classCount), count: classCount)
    var result = Assignment.transport(scores(), proportions: equal, strength: hold)
    guard rounds > 0 else { return result }
    let hat = both
    for _ in 0..<rounds {
      let scores = Assignment.standardised(hat.scores(joined(result)), weights: rarity)
      result = Assignment.transport(scores, proportions: equal, strength: hold)
    }
    return result
  }

  /// Self-training: in each of five rounds, of the frames of every class the share ⅕, ⅖ … that is surest counts as shots.
  func selfTrained(rounds: Int = 5) -> Matrix {
    var scores = self.scores()
    for round in 1...rounds {
      let labels = Assignment.labels(scores)
      let margins = labels.indices.map { frame -> Float in
        let others = (0..<classCount).filter { $0 != labels[frame] }.map { scores[$0, frame] }.max() ?? 0
        return scores[labels[frame], frame] - others
      }
      var sure: [Int] = []
      for place in 0..<classCount {
        let own = labels.indices.filter { labels[$0] == place }
          .sorted { (-margins[$0], $0) < (-margins[$1], $1) }
        sure += own.prefix((own.count * round + rounds - 1) / rounds)
      }
      sure.sort()
      var known = Matrix(rows: classCount, columns: memberships.columns + sure.count)
      for place in 0..<classCount {
        for shot in 0..<memberships.columns { known[place, shot] = memberships[place, shot] }
        for (column, frame) in sure.enumerated() where labels[frame] == place {
          known[place, memberships.columns + column] = 1
        }
      }
      let hat = RidgeHat(
        samples: source.appending(target.selecting(sure)),
        weights: weights + [Float](repeating: 1, count: sure.count), queries: target, strength: strength)
      scores = Assignment.standardised(hat.scores(known))
    }
    return Assignment.softmax(scores, offsets: [Float](repeating: 0, count: classCount))
  }

  private var both: RidgeHat {
    let scale = Teaching.sourceShare * Float(target.rows) / Float(max(source.rows, 1))
    return RidgeHat(
      samples: source.appending(target),
      weights: weights.map { $0 * scale } + (rarity ?? [Float](repeating: 1, count: target.rows)),
      queries: target, strength: strength)
  }

  private func joined(_ frames: Matrix) -> Matrix {
    var result = Matrix(rows: classCount, columns: memberships.columns + frames.columns)
    for place in 0..<classCount {
      for shot in 0..<memberships.columns { result[place, shot] = memberships[place, shot] }
      for frame in 0..<frames.columns { result[place, memberships.columns + frame] = frames[place, frame] }
    }
    return result
  }
}

internal import LinnetAlgebra

/// A ridge regression with one class more, the background, on the first block as it is and its square roots, both of one
/// length; weights kept as bytes.
struct BackgroundRegression: Hashable, Sendable {
  /// A row a class, the background's last.
  var weights: KnownShots
  /// A number a row.
  var bias: [Float]

  /// What the regression sees of embeddings whose first block has `width` numbers.
  static func treatment(_ width: Int) -> EmbeddingTreatment {
    EmbeddingTreatment(blocks: [
      .init(range: 0..<width, weight: 0.5), .init(range: 0..<width, weight: 0.5, power: .squareRoot),
    ])
  }
}

extension BackgroundRegression {
  /// What asking of a number of embeddings at a time writes to.
  struct Workspace {
    private let regression: BackgroundRegression
    private var treated: TreatedEmbeddings
    private var scores: Matrix

    init(_ regression: BackgroundRegression, count: Int) {
      self.regression = regression
      treated = TreatedEmbeddings(treatment(regression.weights.dimension / 2), count: count)
      scores = Matrix(rows: count, columns: regression.bias.count)
    }

    mutating func take(_ rows: [Float], dimension: Int) {
      treated.take(rows, dimension: dimension)
      regression.weights.writeCosines(of: treated.matrix, to: &scores)
      for row in 0..<scores.rows {
        for place in 0..<scores.columns { scores[row, place] += regression.bias[place] }
      }
    }

    /// How little an embedding is taken for background.
    func foreground(row: Int) -> Float { -scores[row, scores.columns - 1] }

    /// The greatest score of a class.
    func likeness(row: Int) -> Float { scores.greatest(row: row, count: scores.columns - 1) ?? 0 }
  }
}

extension BackgroundRegression {
  /// The regression, and its scores of every shot and every background picture when it is left out: a row each, the background's
  /// last of all columns.
  struct Fit {
    let regression: BackgroundRegression
    let known: Matrix
    let background: Matrix
  }

  /// Between shots and background; `nil` where there is hardly any background.
  ///
  /// Every class counts one, the pseudo-background one, pictures of the real one three.
  ///
  /// - Parameters:
  ///   - groups: of the shots; equal ones are held out together.
  ///   - pseudoBackground: rows of `width` numbers.
  static func fit(_ shots: Shots, groups: [Int?], pseudoBackground: [Float], width: Int) -> Fit? {
    let (pseudoCount, realCount) = (pseudoBackground.count / width, shots.backgroundCount)
    guard pseudoCount + realCount > 1 else { return nil }
    let order = shots.order
    let rows = treatment(width).matrix(of: [
      (shots.embeddings, shots.dimension, order), (pseudoBackground, width, Array(0..<pseudoCount)),
      (shots.background, shots.dimension, shots.backgroundOrder),
    ])
    let counts = shots.counts.map { Float($0) }
    let classOf = order.map { shots.classOf[$0] }
    var weights = classOf.map { 1 / counts[$0] }
    weights += [Float](repeating: 1 / Float(max(pseudoCount, 1)), count: pseudoCount)
    weights += [Float](repeating: 3 / Float(max(realCount, 1)), count: realCount)
    var recipe = HeadRecipe(.ridge)
    recipe.balance = .none
    recipe.regularisation = realCount > 0 ? 0.3 : 0.1
    let background = [Int](repeating: counts.count, count: pseudoCount + realCount)
    let samples = Samples(
      rows, classOf: classOf + background, classCount: counts.count + 1, weights: weights,
      groups: order.map { groups[$0] } + [Int?](repeating: nil, count: background.count))
    let ridge = RidgeRegression(recipe, samples)
    return Fit(
      regression: BackgroundRegression(weights: KnownShots(ridge.weights), bias: ridge.bias),
      known: ridge.heldOut.rows(0..<shots.count).rows(at: inverse(order)),
      background: ridge.heldOut.rows(shots.count + pseudoCount..<rows.rows)
        .rows(at: inverse(shots.backgroundOrder)))
  }

  private static func inverse(_ order: [Int]) -> [Int] {
    var places = [Int](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { places[row] = place }
    return places
  }
}

extension Shots {
  /// The rows in one order, whatever order they were shown in: by class, then by their numbers.
  var order: [Int] {
    (0..<count).sorted {
      classOf[$0] == classOf[$1] ? precedes(embeddings, $0, $1) : classOf[$0] < classOf[$1]
    }
  }

  /// The rows of the background by their numbers.
  var backgroundOrder: [Int] { (0..<backgroundCount).sorted { precedes(background, $0, $1) } }

  private func precedes(_ rows: [Float], _ a: Int, _ b: Int) -> Bool {
    for column in 0..<dimension where rows[a * dimension + column] != rows[b * dimension + column] {
      return rows[a * dimension + column] < rows[b * dimension + column]
    }
    return false
  }
}

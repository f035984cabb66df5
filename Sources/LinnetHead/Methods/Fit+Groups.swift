internal import LinnetAlgebra

/// Held-out scores where some shots are hardly different from others: whole groups are left out, some at a time.
extension Fit {
  /// Fits to so many parts of the groups at most.
  private static let folds = 10

  /// n × classes: every shot's scores by a fit without its group, and without some other groups.
  static func heldOutByGroups(
    _ recipe: HeadRecipe, _ samples: Samples, support: TrainingSupport
  ) throws(HeadError) -> Matrix {
    let foldOf = folds(of: samples)
    // What the numbers of all shots say of the penalty, those without a fold need not.
    var recipe = recipe
    if recipe.method == .ridge, recipe.regularisation == nil {
      recipe.regularisation = RidgeRegression.usualRegularisation(samples.counts)
    }
    var scores = Matrix(rows: samples.count, columns: samples.classCount)
    for fold in 0..<((foldOf.max() ?? 0) + 1) {
      let (rest, asked) = (
        samples.rows(samples.classOf.indices.filter { foldOf[$0] != fold }),
        samples.classOf.indices.filter { foldOf[$0] == fold }
      )
      let prototypes = Prototypes(rest)
      let fit = try fit(alone: recipe, rest, prototypes: prototypes, support: support)
      let rows = samples.matrix.rows(asked)
      let answers = fit.scorer.scores(
        of: rows, cosines: rows.timesTransposed(prototypes.directions), classCount: samples.classCount)
      for (place, row) in asked.enumerated() {
        for column in 0..<samples.classCount { scores[row, column] = answers[place, column] }
      }
    }
    return scores
  }

  /// The fold of every sample: groups in turn, as they come, so that a class's groups are spread.
  private static func folds(of samples: Samples) -> [Int] {
    var foldOf = [Int](repeating: 0, count: samples.count)
    var known: [Int: Int] = [:]
    var next = 0
    for row in 0..<samples.count {
      if let group = samples.groups[row], let fold = known[group] {
        foldOf[row] = fold
        continue
      }
      foldOf[row] = next % folds
      if let group = samples.groups[row] { known[group] = foldOf[row] }
      next += 1
    }
    return foldOf
  }
}

extension Samples {
  /// Whether two of them are in one group.
  var shareGroups: Bool {
    var seen: Set<Int> = []
    return groups.contains { $0.map { !seen.insert($0).inserted } ?? false }
  }

  /// Some of them.
  func rows(_ rows: [Int]) -> Samples {
    var inner: Matrix?
    if let gram {
      var part = Matrix(rows: rows.count, columns: rows.count)
      for (row, old) in rows.enumerated() {
        for (column, other) in rows.enumerated() { part[row, column] = gram[old, other] }
      }
      inner = part
    }
    return Samples(
      matrix.rows(rows), classOf: rows.map { classOf[$0] }, classCount: classCount,
      weights: weights.map { weights in rows.map { weights[$0] } }, groups: rows.map { groups[$0] },
      gram: inner)
  }
}

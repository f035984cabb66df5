internal import LinnetAlgebra

/// What a rule measures of a number of embeddings at a time, in memory that is kept from one time to the next.
struct UnknownMeasures: ~Copyable {
  private let rule: UnknownRule
  private var distance: ClassDistance.Workspace?
  private var regression: BackgroundRegression.Workspace?
  private var contrasts: [MapContrast.Measured]
  private var background: TreatedEmbeddings?
  private var backgroundCosines: Matrix
  private var probabilities: Matrix

  /// - Parameter classCount: of the head.
  init(_ rule: UnknownRule, count: Int, classCount: Int) {
    self.rule = rule
    distance = rule.distance.map { ClassDistance.Workspace($0, count: count) }
    regression = rule.regression.map { BackgroundRegression.Workspace($0, count: count) }
    contrasts = [MapContrast.Measured](repeating: .init(), count: count)
    background = rule.background.map { TreatedEmbeddings($0.treatment, count: count) }
    backgroundCosines = Matrix(rows: count, columns: rule.background?.pictures.count ?? 0)
    probabilities = Matrix(rows: 1, columns: classCount)
  }

  /// - Parameter rows: whole embeddings of `dimension` numbers, one after the other.
  mutating func take(_ rows: [Float], dimension: Int) {
    distance?.take(rows, dimension: dimension)
    regression?.take(rows, dimension: dimension)
    background?.take(rows, dimension: dimension)
    if let background {
      rule.background?.pictures.writeCosines(of: background.matrix, to: &backgroundCosines)
    }
    if let contrast = rule.contrast {
      for row in contrasts.indices {
        contrasts[row] = contrast.measure(rows, place: row, dimension: dimension)
      }
    }
  }

  /// The open-set score of an embedding.
  ///
  /// - Parameters:
  ///   - scores: the head's, a row an embedding.
  ///   - cosines: to the class means, where there are any.
  mutating func score(row: Int, scores: Matrix, cosines: Matrix?) -> Float {
    let rule = rule
    return rule.score { value($0, row: row, scores: scores, cosines: cosines) }
  }

  mutating func value(_ measure: UnknownRule.Measure, row: Int, scores: Matrix, cosines: Matrix?) -> Float {
    switch measure {
    case .probability:
      for place in 0..<scores.columns { probabilities[0, place] = scores[row, place] }
      probabilities.softmax(row: 0, temperature: 1)
      return probabilities.greatest(row: 0) ?? 0
    case .score: return scores.greatest(row: row) ?? 0
    case .cosine: return cosines?.greatest(row: row) ?? 0
    case .nearness: return distance?.nearness(row: row) ?? 0
    case .foreground: return regression?.foreground(row: row) ?? 0
    case .likeness: return regression?.likeness(row: row) ?? 0
    case .elsewhere:
      return -backgroundCosines.meanOfGreatest(rule.background?.neighbours ?? 1, row: row)
    case .contrast: return contrasts[row].contrast
    case .rise: return contrasts[row].rise
    }
  }
}

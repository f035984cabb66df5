/// What a head said of one picture.
public struct Answer: Hashable, Sendable {
  /// Place in ``PictureFolder/items``.
  public var picture: Int32
  /// Places of the true class, and of the likeliest, in ``Evaluation/answers``.
  public var truth: Int32
  public var answer: Int32
  /// Calibrated probabilities of the likeliest class and of the true one.
  public var confidence: Float
  public var truthConfidence: Float
  public var openSetScore: Float
  public var isUnknown: Bool

  public init(
    picture: Int, truth: Int, answer: Int, confidence: Float, truthConfidence: Float, openSetScore: Float,
    isUnknown: Bool
  ) {
    self.picture = Int32(picture)
    self.truth = Int32(truth)
    self.answer = Int32(answer)
    self.confidence = confidence
    self.truthConfidence = truthConfidence
    self.openSetScore = openSetScore
    self.isUnknown = isUnknown
  }

  /// The likeliest class is the true one, whether or not the head calls the picture unknown.
  public var isRight: Bool { truth == answer }
}

/// What one episode gave: every answer, and the figures that need more than the answers.
public struct EpisodeOutcome: Sendable {
  public var answers: [Answer]
  /// Open-set scores of the pictures that show none of the classes, and how many of them the head accepted.
  public var unknownScores: [Float]
  public var acceptedUnknown: Int
  /// The head's threshold for unknown.
  public var threshold: Float?
  /// Sums of squared differences of probabilities from the truth (Brier, "Verification of Forecasts Expressed in Terms
  /// of Probability", 1950), over the answers.
  public var squaredError: Double
  /// Area under the curve of each class against the others by its probability; `nil` where one side has no query.
  public var areaOfClass: [Double?]
  /// Shots of each class; empty where nothing was learned.
  public var shotsOfClass: [Int]

  public init(
    answers: [Answer], unknownScores: [Float] = [], acceptedUnknown: Int = 0, threshold: Float? = nil,
    squaredError: Double = 0, areaOfClass: [Double?] = [], shotsOfClass: [Int] = []
  ) {
    self.answers = answers
    self.unknownScores = unknownScores
    self.acceptedUnknown = acceptedUnknown
    self.threshold = threshold
    self.squaredError = squaredError
    self.areaOfClass = areaOfClass
    self.shotsOfClass = shotsOfClass
  }

  /// `confusion[truth][answer]` counts the answers.
  public func confusion(classes: Int, answers columns: Int) -> [[Int]] {
    var result = Array(repeating: Array(repeating: 0, count: columns), count: classes)
    for answer in answers { result[Int(answer.truth)][Int(answer.answer)] += 1 }
    return result
  }
}

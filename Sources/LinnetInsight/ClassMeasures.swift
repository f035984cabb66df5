/// Recall, precision and F1 of the classes, from a confusion matrix of counts.
public struct ClassMeasures: Hashable, Sendable {
  /// Share of right answers.
  public var accuracy: Double
  /// Share of a class's queries that were answered with it; `nil` without a query.
  public var recall: [Double?]
  /// Share of a class's answers that were right: 0 where it was asked for and never answered, `nil` where neither.
  public var precision: [Double?]
  /// Harmonic mean of both, 0 where both are; `nil` where the class was neither asked for nor answered.
  public var f1: [Double?]

  /// - Parameter confusion: a row a true class, a column an answer; columns beyond the rows are answers that no query
  ///   has for truth.
  public init(confusion: [[Int]]) {
    let total = confusion.reduce(0) { $0 + $1.reduce(0, +) }
    let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    accuracy = total == 0 ? 0 : Double(right) / Double(total)
    (recall, precision, f1) = ([], [], [])
    for place in confusion.indices {
      let asked = confusion[place].reduce(0, +)
      let answered = confusion.reduce(0) { $0 + $1[place] }
      let both = Double(confusion[place][place])
      recall.append(asked == 0 ? nil : both / Double(asked))
      precision.append(answered == 0 ? (asked == 0 ? nil : 0) : both / Double(answered))
      f1.append(asked + answered == 0 ? nil : 2 * both / Double(asked + answered))
    }
  }

  /// Mean recall of the classes that have a query.
  public var balancedAccuracy: Double? { MeanAndInterval(recall.compactMap { $0 })?.mean }
  /// Means over the classes where the measure is defined.
  public var macroPrecision: Double? { MeanAndInterval(precision.compactMap { $0 })?.mean }
  public var macroF1: Double? { MeanAndInterval(f1.compactMap { $0 })?.mean }
}

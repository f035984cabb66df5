internal import LinnetAlgebra

/// What is wrong with captures, and what to do about it.
public struct Checkup: Sendable {
  /// The gravest kind first, in the order of ``Finding/Kind``.
  public let findings: [Finding]
  /// The share of each class that a head answers rightly when it was learned without the picture; `nil` where that cannot
  /// be asked.
  public let recall: [Double?]
  /// The mean of ``recall``; `nil` when there is only one class, or one capture a class.
  public let balancedAccuracy: Double?

  /// - Parameters:
  ///   - signs: of every capture.
  ///   - heldOut: answers to every capture; `nil` when there is only one class.
  public init(of captures: LabelledCaptures, signs: [PictureSigns], heldOut: HeldOutAnswers?) {
    recall = heldOut?.recall(captures) ?? captures.classes.map { _ in nil }
    let known = recall.compactMap { $0 }
    balancedAccuracy = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    let duplicates = NearDuplicates.groups(captures, signs)
    var findings = Self.duplicates(captures, duplicates)
    findings += Self.pictures(captures, signs)
    findings += Self.numbers(captures, duplicates)
    if let heldOut {
      let conflicting = Set(findings.filter { $0.kind == .conflict }.flatMap(\.captures))
      findings += Self.labels(captures, heldOut, known: conflicting)
      findings += Self.classes(captures, heldOut, recall)
    }
    let rank = Dictionary(uniqueKeysWithValues: Finding.Kind.allCases.enumerated().map { ($1, $0) })
    self.findings = findings.enumerated().sorted {
      (rank[$0.element.kind]!, $0.offset) < (rank[$1.element.kind]!, $1.offset)
    }
    .map(\.element)
  }
}

// MARK: One rule after the other

extension Checkup {
  private static func duplicates(_ captures: LabelledCaptures, _ groups: [[Int]]) -> [Finding] {
    groups.map { group in
      let labels = Set(group.map { captures.classOf[$0] }).sorted()
      let names = labels.map { "“\(captures.classes[$0])”" }.joined(separator: " and ")
      if labels.count > 1 {
        return Finding(
          .conflict, captures: group, classes: labels,
          note: "hardly different, and labelled \(names)",
          advice: "decide which label is right, and remove the other")
      }
      return Finding(
        .duplicate, captures: group, classes: labels,
        note: "\(group.count) captures of \(names) are hardly different",
        advice:
          "keep one of them, and take others from another side, distance or in other light: copies teach nothing, and make "
          + "every estimate of how good the head is too good")
    }
  }

  private static func pictures(_ captures: LabelledCaptures, _ signs: [PictureSigns]) -> [Finding] {
    return signs.enumerated().compactMap { place, sign in
      func finding(_ kind: Finding.Kind, _ note: String, _ advice: String) -> Finding {
        Finding(kind, captures: [place], classes: [captures.classOf[place]], note: note, advice: advice)
      }
      if sign.isBlank {
        return finding(
          .blank, "there is nothing to be seen on it", "remove what shows nothing: was the lens covered?")
      }
      if sign.isDark {
        return finding(
          .dark, "it is very dark",
          "take such captures again with more light, unless it will be as dark in use")
      }
      if sign.isBlurred {
        return finding(
          .blurred, "it is blurred", "take such captures again in focus, and hold still")
      }
      return nil
    }
  }

  /// Below this, another capture is worth more than anything else.
  static let fewShots = 5
  /// The mean cosine between captures of a class above which they show one view; classes of the sets that this was looked
  /// at on have 0.3 … 0.85.
  static let uniformCosine: Float = 0.92

  private static func numbers(_ captures: LabelledCaptures, _ duplicates: [[Int]]) -> [Finding] {
    let counts = captures.counts
    var findings: [Finding] = []
    if captures.classes.count == 1 {
      findings.append(
        Finding(
          .few, classes: [0],
          note: "“\(captures.classes[0])” is the only class, so that nothing can be told apart",
          advice: "enrol a second class, if only of what is there when it is not"))
    }
    var copies = counts.map { _ in 0 }
    for group in duplicates { for place in group.dropFirst() { copies[captures.classOf[place]] += 1 } }
    let cosines = meanCosines(captures)
    for (label, name) in captures.classes.enumerated() where counts[label] > 0 {
      if counts[label] < fewShots {
        findings.append(
          Finding(
            .few, classes: [label],
            note: "“\(name)” has \(counts[label]) capture\(counts[label] == 1 ? "" : "s")",
            advice: "take \(fewShots) or more: from one to five they help most"))
      } else if let cosine = cosines[label], cosine > uniformCosine || 2 * copies[label] >= counts[label] {
        findings.append(
          Finding(
            .uniform, classes: [label], note: "the captures of “\(name)” show nearly one view",
            advice: "take some from other sides and distances, in other light and on other ground"))
      }
    }
    return findings
  }

  /// The mean cosine between two captures of each class, from the length of the mean direction.
  private static func meanCosines(_ captures: LabelledCaptures) -> [Float?] {
    let directions = captures.directions
    var sums = Matrix(rows: captures.classes.count, columns: directions.columns)
    for (row, label) in captures.classOf.enumerated() { sums.add(1, directions, row: row, to: label) }
    return captures.counts.enumerated().map { label, count in
      guard count > 1 else { return nil }
      let squares = sums.dot(row: label, sums, row: label)
      return (squares - Float(count)) / Float(count * (count - 1))
    }
  }

  private static func labels(
    _ captures: LabelledCaptures, _ heldOut: HeldOutAnswers, known: Set<Int>
  ) -> [Finding] {
    Mislabelled.suspects(captures, heldOut).filter { !known.contains($0.capture) }.map { suspect in
      let label = captures.classOf[suspect.capture]
      let share = Int((100 * suspect.probability).rounded(.down))
      return Finding(
        .mislabelled, captures: [suspect.capture], classes: [label, suspect.looksLike],
        note:
          "labelled “\(captures.classes[label])”, and looks like “\(captures.classes[suspect.looksLike])” (\(share) %)",
        advice:
          "where the label is wrong, move the capture; where it is right, more such captures of that class help"
      )
    }
  }

  private static func classes(
    _ captures: LabelledCaptures, _ heldOut: HeldOutAnswers, _ recall: [Double?]
  ) -> [Finding] {
    let confusion = heldOut.confusion(captures)
    let asked = confusion.map { $0.reduce(0, +) }
    var findings: [(share: Double, finding: Finding)] = []
    for one in captures.classes.indices {
      for other in captures.classes.indices where other > one {
        let errors = confusion[one][other] + confusion[other][one]
        let all = asked[one] + asked[other]
        guard errors >= 3, Double(errors) >= 0.2 * Double(all), wilsonLow(errors, of: all) > 0.1 else {
          continue
        }
        let (first, second) = (captures.classes[one], captures.classes[other])
        findings.append(
          (
            Double(errors) / Double(all),
            Finding(
              .confused, classes: [one, other],
              note:
                "“\(first)” and “\(second)” are taken for each other: \(errors) of \(all) held-out captures",
              advice:
                "show where they differ – closer, from another side, on the same ground – or make them one class"
            )
          ))
      }
    }
    let sorted = findings.enumerated().sorted {
      (-$0.element.share, $0.offset) < (-$1.element.share, $1.offset)
    }
    return sorted.map(\.element.finding) + imbalance(captures, confusion, recall)
  }

  /// The lower end of the 95 % interval of a share (Wilson 1927).
  static func wilsonLow(_ hits: Int, of count: Int) -> Double {
    guard count > 0 else { return 0 }
    let (n, z) = (Double(count), 1.96)
    let share = Double(hits) / n
    let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return (share + z * z / (2 * n) - spread) / (1 + z * z / n)
  }

  /// Classes with at most a third of the captures of the largest, whose captures are answered rightly much less often than
  /// those of the others, and mostly taken for larger classes.
  private static func imbalance(
    _ captures: LabelledCaptures, _ confusion: [[Int]], _ recall: [Double?]
  ) -> [Finding] {
    let counts = captures.counts
    let largest = counts.max() ?? 0
    let small = counts.indices.filter { counts[$0] > 0 && 3 * counts[$0] <= largest && recall[$0] != nil }
    let large = counts.indices.filter { 3 * counts[$0] > largest && recall[$0] != nil }
    guard !small.isEmpty, !large.isEmpty else { return [] }
    func mean(_ places: [Int]) -> Double {
      places.reduce(0) { $0 + (recall[$1] ?? 0) } / Double(places.count)
    }
    let (few, many) = (mean(small), mean(large))
    var (toLarger, errors) = (0, 0)
    for label in small {
      for (answer, number) in confusion[label].enumerated() where answer != label {
        errors += number
        if counts[answer] > counts[label] { toLarger += number }
      }
    }
    guard many - few >= 0.15, errors >= 3, 2 * toLarger > errors else { return [] }
    func share(_ value: Double) -> String { "\(Int((100 * value).rounded())) %" }
    let names = small.prefix(4).map { "“\(captures.classes[$0])” (\(counts[$0]))" }.joined(separator: ", ")
    return [
      Finding(
        .imbalance, classes: small,
        note:
          "\(names)\(small.count > 4 ? ", …" : "") beside classes of up to \(largest): balance is the trouble, "
          + "\(share(few)) of the small classes' captures are answered rightly, \(share(many)) of the others'",
        advice: "take more captures of the small classes; removing some of the large ones also helps")
    ]
  }
}

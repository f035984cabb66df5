import LinnetHead
import LinnetImage
import LinnetInsight
import LinnetPipeline
import LinnetReport
import Testing

@Suite struct EvaluationReportTests {
  private let strange = "<b>&\"mug\"</b>"

  /// A folder of two classes of three pictures each, of which `broken` of the first class cannot be read.
  private func folder(_ path: String, broken: Int = 0) throws -> PictureFolder {
    for (place, label) in [strange, "plate"].enumerated() {
      for number in 0..<3 {
        let isBroken = place == 0 && number < broken
        let picture = picture(seed: UInt32(3 * place + number), side: 32)
        // A class folder's name cannot hold a slash.
        let name = label.split(separator: "/").joined(separator: "∕")
        try write(isBroken ? [1, 2] : try picture.encodeJPEG(quality: 80), "\(path)/\(name)/\(number).jpg")
      }
    }
    return try PictureFolder(path)
  }

  /// Each picture's answer with its confidence; those beyond the confidence of a half are known.
  private func outcome(_ answers: [(answer: Int, confidence: Float)], unknown: [Float] = []) -> EpisodeOutcome
  {
    EpisodeOutcome(
      answers: answers.enumerated().map { picture, each in
        Answer(
          picture: picture, truth: picture / 3, answer: each.answer, confidence: each.confidence,
          truthConfidence: each.answer == picture / 3 ? each.confidence : 1 - each.confidence,
          openSetScore: each.confidence, isUnknown: each.confidence < 0.5)
      }, unknownScores: unknown, acceptedUnknown: unknown.count { $0 >= 0.5 }, threshold: 0.5,
      squaredError: 0.6, areaOfClass: [0.75, nil], shotsOfClass: [2, 2])
  }

  private let usual: [(answer: Int, confidence: Float)] = [
    (0, 0.9), (0, 0.4), (1, 0.8), (1, 0.95), (0, 0.6), (0, 0.7),
  ]

  private func evaluation(
    _ folder: PictureFolder, _ outcomes: [EpisodeOutcome], contender: String = "auto", shots: Double = 2
  ) throws -> Evaluation {
    try Evaluation(
      outcomes, contender: contender, classes: folder.classes, answers: folder.classes, shots: shots, ways: 2)
  }

  /// The text of every cell of the table of the classes, without markup.
  private func cells(_ html: String, row: Int) -> [String] {
    let body = html.components(between: "<tbody>", and: "</tbody>")[0]
    let line = body.components(between: "<tr>", and: "</tr>")[row]
    return line.components(between: "<bdi>", and: "</bdi>")
  }

  @Test func theFiguresAreThoseOfTheEvaluation() throws {
    try withTemporaryFolder { path in
      let folder = try folder(path)
      let evaluation = try evaluation(folder, [outcome(usual, unknown: [0.2, 0.3, 0.7])])
      let html = EvaluationReport(evaluation, folder: folder).page(threads: 1).html
      // Two of three and one of three.
      #expect(evaluation.balancedAccuracy.mean == 0.5 && html.contains("<dd>0.500"))
      for fact in ["Balanced accuracy", "Accuracy", "Macro F1", "Calibration error", "Known, but refused"] {
        #expect(html.contains("<bdi>\(fact)</bdi>"), "\(fact)")
      }
      // One of six known is refused, one of three unknown accepted.
      #expect(html.contains("16.7 %") && html.contains("33.3 % accepted"))
      let first = cells(html, row: 0)
      #expect(
        first.dropFirst() == ["3", "0.667", "0.500", "0.571", "0.750", "33.3 %", "plate, 33.3 %"], "\(first)")
      #expect(cells(html, row: 1)[5...6] == ["–", "0.0 %"])
      #expect(html.contains("auto: 2 shots of each of 2 classes, 1 episode, 6 answers"))
      #expect(evaluation.refusedShareOfClass == [1.0 / 3, 0])
    }
  }

  @Test func labelsAreTextAndNothingRuns() throws {
    try withTemporaryFolder { path in
      let folder = try folder(path)
      let html = EvaluationReport(
        try evaluation(folder, [outcome(usual)]), folder: folder, settings: [("draws", "<script>")]
      ).page(threads: 1).html
      #expect(!html.contains("<b>") && !html.contains("<script") && html.contains("&lt;b&gt;&amp;"))
      #expect(html.contains("<h2><bdi>Settings</bdi></h2>") && html.contains("&lt;script&gt;"))
    }
  }

  @Test func whatWasNotAskedForIsNotShown() throws {
    try withTemporaryFolder { path in
      let folder = try folder(path)
      let right = outcome((0..<6).map { ($0 / 3, 0.9) })
      let plain = EvaluationReport(try evaluation(folder, [right]), folder: folder).page(threads: 1).html
      for part in ["Settings", "The worst mistakes", "More shots", "Known from unknown", "against", "<img"] {
        #expect(!plain.contains(part), "\(part)")
      }
      // Confusion, recall, and the reliability diagram.
      #expect(plain.components(between: "<svg", and: ">").count == 3)
      let asked = EvaluationReport(
        try evaluation(folder, [outcome(usual, unknown: [0.1, 0.9])]),
        baseline: try evaluation(folder, [outcome(usual, unknown: [0.3, 0.2])], contender: "before"),
        folder: folder
      ).page(threads: 1).html
      for part in ["auto against before", "exact McNemar test", "Known from unknown", "Open-set scores"] {
        #expect(asked.contains(part), "\(part)")
      }
      #expect(asked.components(between: "<svg", and: ">").count == 5)
    }
  }

  @Test func aHeadThatIsThereHasNoShots() throws {
    try withTemporaryFolder { path in
      let folder = try folder(path)
      let evaluation = try evaluation(folder, [outcome(usual)], contender: "parts.head", shots: 0)
      let html = EvaluationReport(evaluation, folder: folder).page(threads: 1).html
      #expect(html.contains("parts.head: 6 pictures of 2 classes") && !html.contains("shots of each"))
    }
  }

  @Test func theWorstMistakesAreShown() throws {
    try withTemporaryFolder { path in
      let folder = try folder(path, broken: 3)
      let twice = [outcome(usual), outcome([(1, 0.9)] + usual.dropFirst())]
      let evaluation = try evaluation(folder, twice)
      var report = EvaluationReport(evaluation, folder: folder)
      let html = report.page(threads: 2).html
      // Of four pictures that were answered wrong two are broken files.
      #expect(html.components(between: "<img", and: ">").count == 2)
      #expect(html.components(between: "class=\"missing\"", and: ">").count == 2)
      #expect(
        html.contains("wrong 1 of 2 times, sure 0.90") && html.contains("wrong 2 of 2 times, sure 0.80"))
      let mistakes = evaluation.worstMistakes(24)
      #expect(mistakes.map(\.picture) == [2, 5, 4, 0])
      #expect(mistakes.map(\.wrong) == [2, 2, 2, 1] && mistakes.allSatisfy { $0.asked == 2 })
      report.mistakeLimit = 1
      #expect(report.page(threads: 1).html.components(between: "class=\"missing\"", and: ">").count == 1)
    }
  }

  @Test func aCurveAndItsIntervalAreDrawn() throws {
    try withTemporaryFolder { path in
      for label in ["a", "b"] { for number in 0..<6 { try write([1], "\(path)/\(label)/\(number).jpg") } }
      let folder = try PictureFolder(path)
      var noise = Noise()
      let embeddings = folder.items.map { item in (0..<8).map { ($0 == item.label ? 1 : 0) + noise.next() } }
      let material = Evaluation.Material(folder: folder, embeddings: embeddings)
      let contender = Contender(HeadRecipe(.prototype), backbone: someBackbone)
      func page(_ shots: [Int], threads: Int) throws -> String {
        let curve = try LearningCurve(
          shots, episodes: 6, ways: nil, seed: 1, of: material, contender: contender, threads: 1)
        let dealt = try Episode.deal(6, shots: 2, ways: nil, seed: 1, of: folder)
        let evaluation = try Evaluation(dealt, of: material, contender: contender, threads: threads)
        return EvaluationReport(evaluation, curves: [curve], folder: folder).page(threads: threads).html
      }
      let html = try page([1, 2, 4], threads: 1)
      #expect(html.contains("Learning curve") && html.contains("shots a class"))
      #expect(try !page([2], threads: 1).contains("Learning curve"), "one point is no curve")
      #expect(try page([1, 2, 4], threads: 3) == html, "the same bytes with any number of threads")
    }
  }
}

extension String {
  /// What stands between each `start` and the first `end` after it.
  fileprivate func components(between start: String, and end: String) -> [String] {
    var (found, rest) = ([String](), Substring(self))
    while let begin = rest.firstRange(of: start) {
      rest = rest[begin.upperBound...]
      guard let close = rest.firstRange(of: end) else { break }
      found.append(String(rest[..<close.lowerBound]))
      rest = rest[close.upperBound...]
    }
    return found
  }
}

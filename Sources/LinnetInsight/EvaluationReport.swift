public import LinnetPipeline
public import LinnetReport

/// An evaluation as a page: figures, plots, a table of the classes and the pictures that went wrong.
public struct EvaluationReport: Sendable {
  public var evaluation: Evaluation
  /// What it is compared with, on the same episodes.
  public var baseline: Evaluation?
  public var curves: [LearningCurve]
  public var folder: PictureFolder
  /// What was asked for, by name.
  public var settings: [(name: String, value: String)]
  /// How many of the worst mistakes are shown.
  public var mistakeLimit = 24

  public init(
    _ evaluation: Evaluation, baseline: Evaluation? = nil, curves: [LearningCurve] = [],
    folder: PictureFolder, settings: [(name: String, value: String)] = []
  ) {
    self.evaluation = evaluation
    self.baseline = baseline
    self.curves = curves
    self.folder = folder
    self.settings = settings
  }

  /// The page. Pictures are read for it, on several threads.
  public func page(threads: Int) -> Page {
    var page = Page(title: "How well the shots do on \(name)", subtitle: subtitle)
    page.add(facts)
    if let baseline { add(Comparison(before: baseline, after: evaluation), to: &page) }
    page.section("Classes", note: "What a picture shows stands at the left, what was answered above.")
    page.add([confusion, recall])
    page.add(table)
    let others = [curve, reliability] + unknown
    page.section("How sure, and how many shots")
    page.add(others.compactMap { $0 })
    addMistakes(to: &page, threads: threads)
    if !settings.isEmpty {
      page.section("Settings")
      page.add(Table([], rows: settings.map { [$0.name, $0.value] }, textColumns: [1]))
    }
    return page
  }

  private var name: String { folder.path.split(separator: "/").last.map(String.init) ?? folder.path }

  private var subtitle: String {
    let asked = evaluation.outcomes.reduce(0) { $0 + $1.answers.count }
    guard evaluation.shots > 0 else {
      return "\(evaluation.contender): \(asked) pictures of \(evaluation.classes.count) classes"
    }
    return
      "\(evaluation.contender): \(count(evaluation.shots)) \(evaluation.shots == 1 ? "shot" : "shots") of each of "
      + "\(count(evaluation.ways)) classes, \(evaluation.episodes) \(evaluation.episodes == 1 ? "episode" : "episodes"), "
      + "\(asked) answers"
  }

  private func count(_ value: Double) -> String { decimal(value, value == value.rounded() ? 0 : 1) }

  private func add(_ comparison: Comparison, to page: inout Page) {
    page.section("\(comparison.after) against \(comparison.before)")
    page.add([
      Fact(
        "Balanced accuracy", signed(comparison.difference.mean, 3),
        note: "± \(decimal(comparison.difference.ci95, 3))"),
      Fact("Answers gained", "\(comparison.gained)", note: "right only with \(comparison.after)"),
      Fact("Answers lost", "\(comparison.lost)", note: "right only with \(comparison.before)"),
      Fact(
        "Chance of such a difference",
        comparison.probability < 0.0005 ? "< 0.001" : decimal(comparison.probability, 3),
        note: comparison.test == .mcNemar ? "exact McNemar test" : "sign-flip test over episodes"),
    ])
  }

  private func addMistakes(to page: inout Page, threads: Int) {
    let mistakes = evaluation.worstMistakes(mistakeLimit)
    guard !mistakes.isEmpty else { return }
    var pictures: [DataURI?] = []
    let paths = mistakes.map { folder.items[$0.picture].path }
    inParallel(
      count: paths.count, threads: threads, state: {},
      work: { _, place in thumbnail(of: .file(paths[place])) },
      deliver: { pictures.append($1) })
    page.section(
      "The worst mistakes",
      note: "Pictures that were answered wrong with most confidence"
        + (evaluation.episodes > 1 ? " over all episodes that asked about them." : "."))
    page.add(
      Gallery(
        zip(mistakes, pictures).map { mistake, picture in
          let often =
            mistake.asked == 1 ? "" : "wrong \(mistake.wrong) of \(mistake.asked) times, "
          return Gallery.Item(
            picture,
            lines: [
              evaluation.classes[mistake.truth], "taken for \(evaluation.answers[mistake.answer])",
              "\(often)sure \(decimal(mistake.confidence, 2))",
            ], hint: folder.items[mistake.picture].name)
        }))
  }
}

/// With a plus where it is one.
func signed(_ value: Double, _ digits: Int) -> String {
  let text = decimal(value, digits)
  return value > 0 && text.contains { $0 != "0" && $0 != "." } ? "+\(text)" : text
}

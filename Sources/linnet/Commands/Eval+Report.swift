internal import LinnetHead
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetReport
internal import LinnetSafetensors

extension Eval.Result {
  /// Tells it on the terminal.
  func report(_ output: Output) {
    let matrix = ConfusionMatrix(
      labels: evaluation.classes, answers: evaluation.answers, counts: evaluation.confusion)
    for line in matrix.lines(output) { output.line(line) }
    output.line()
    let accuracy = evaluation.balancedAccuracy
    output.line(
      "balanced accuracy \(output.bold(decimal(accuracy.mean, 3))) ± \(decimal(accuracy.ci95, 3))  (\(setting))"
    )
    output.line(
      output.dim(
        "accuracy \(decimal(evaluation.accuracy.mean, 3)), precision \(decimal(evaluation.macroPrecision, 3)), F1 \(decimal(evaluation.macroF1, 3)); calibration error "
          + "\(decimal(evaluation.reliability.expectedError, 3)), Brier score \(decimal(evaluation.brier, 3)); "
          + "\(percent(Float(evaluation.refusedShare))) of the known refused"))
    if !evaluation.recallByShots.isEmpty {
      let recalls = evaluation.recallByShots.map { "\($0.shots) shots \(decimal($0.recall, 3))" }
      output.line("recall of classes of " + recalls.joined(separator: ", "))
    }
    if let openSet = evaluation.openSet {
      output.line(
        "known from unknown: AUROC \(output.bold(decimal(openSet.area, 3))), false positives at 95 % recall "
          + "\(decimal(openSet.falsePositiveRate95, 3)), \(percent(Float(openSet.falseAcceptShare))) accepted"
      )
    }
    if let baseline { report(Comparison(before: baseline, after: evaluation), baseline, output) }
    reportCurves(output)
    output.line(output.dim(effort.text))
  }

  private var setting: String {
    func number(_ value: Double) -> String { decimal(value, value == value.rounded() ? 0 : 1) }
    guard evaluation.shots > 0 else {
      return "\(evaluation.outcomes[0].answers.count) pictures, \(visible(evaluation.contender))"
    }
    return
      "\(evaluation.episodes) episodes, \(number(evaluation.shots)) shots, \(number(evaluation.ways)) ways, "
      + evaluation.contender
  }

  private func report(_ comparison: Comparison, _ baseline: Evaluation, _ output: Output) {
    let gain = comparison.difference.mean
    let text = (gain > 0 ? "+" : "") + decimal(gain, 3)
    let isSure = comparison.probability < 0.05
    let probability =
      comparison.probability < 0.0005 ? "p < 0.001" : "p = \(decimal(comparison.probability, 3))"
    output.line(
      "against \(visible(comparison.before)) (\(decimal(baseline.balancedAccuracy.mean, 3))): "
        + "\(!isSure ? text : gain > 0 ? output.green(text) : output.yellow(text)) ± "
        + "\(decimal(comparison.difference.ci95, 3)), \(comparison.gained) answers gained, \(comparison.lost) lost, "
        + "\(probability)\(isSure ? "" : ": may be chance") "
        + "(\(comparison.test == .mcNemar ? "McNemar" : "sign flips of episodes"))")
  }

  private func reportCurves(_ output: Output) {
    for curve in curves {
      output.line()
      output.line("\(output.bold("shots"))  balanced accuracy, \(curve.contender)")
      let width = output.barWidth(beside: 24)
      for point in curve.points {
        let accuracy = point.balancedAccuracy
        let shots = String(repeating: " ", count: max(0, 5 - "\(point.shots)".count)) + "\(point.shots)"
        output.line(
          "\(shots)  \(decimal(accuracy.mean, 3)) ± \(decimal(accuracy.ci95, 3))  \(output.green(bar(accuracy.mean, width: width)))"
        )
      }
    }
  }
}

extension Eval {
  /// The page, with what was asked for.
  func page(_ result: Result, _ embedder: PictureEmbedder) -> Page {
    var settings: [(name: String, value: String)] = [
      (
        "pictures",
        "\(result.folder.path), \(result.folder.items.count) of \(result.folder.classes.count) classes"
      ),
      ("backbone", "\(embedder.backbone.name), \(embedder.backbone.digest)"),
      ("head", head ?? result.evaluation.contender),
    ]
    if head == nil {
      settings.append(("episodes", draws.map { "of \($0)" } ?? "\(result.evaluation.episodes), seed \(seed)"))
    }
    if let shotsPerClass {
      settings.append(("shots a class", shotsPerClass.defaultValueDescription + ", in turn"))
    }
    if let openSet { settings.append(("unknown pictures", openSet)) }
    settings.append(("program", "linnet \(Linnet.version)"))
    return EvaluationReport(
      result.evaluation, baseline: result.baseline, curves: result.curves, folder: result.folder,
      settings: settings
    ).page(threads: backbone.threadCount)
  }

  func write(_ page: Page, to path: String, _ output: Output) throws {
    try reporting { try writeAtomically(Array(page.html.utf8), to: path) }
    if !json.isOn { output.line(output.dim("wrote \(visible(path))")) }
  }
}

internal import LinnetReport

extension EvaluationReport {
  var facts: [Fact] {
    let balanced = evaluation.balancedAccuracy
    var facts = [
      Fact("Balanced accuracy", decimal(balanced.mean, 3), note: "± \(decimal(balanced.ci95, 3)) (95 %)"),
      Fact(
        "Accuracy", decimal(evaluation.accuracy.mean, 3),
        note: "± \(decimal(evaluation.accuracy.ci95, 3)) (95 %)"
      ),
      Fact(
        "Macro F1", decimal(evaluation.macroF1, 3), note: "precision \(decimal(evaluation.macroPrecision, 3))"
      ),
      Fact(
        "Calibration error", decimal(evaluation.reliability.expectedError, 3),
        note: "Brier score \(decimal(evaluation.brier, 3))"),
      Fact("Known, but refused", percent(evaluation.refusedShare), note: "at the head's threshold"),
    ]
    if let openSet = evaluation.openSet {
      facts.append(
        Fact(
          "Unknown told apart", decimal(openSet.area, 3),
          note: "AUROC; \(percent(openSet.falseAcceptShare)) accepted"))
    }
    return facts
  }

  var confusion: Figure {
    Figure(
      "Confusion", caption: "Per cent of each row's answers.", isWide: evaluation.answers.count > 12,
      Heatmap(
        "Confusion matrix", rows: evaluation.classes, columns: evaluation.answers,
        counts: evaluation.confusion
      ).svg)
  }

  var recall: Figure {
    let contenders = [evaluation] + (baseline.map { [$0] } ?? [])
    return Figure(
      "Recall of each class", caption: evaluation.episodes > 1 ? "Mean over the episodes." : "",
      BarChart(
        "Recall of each class", series: contenders.map(\.contender),
        rows: evaluation.classes.indices.map { label in
          .init(evaluation.classes[label], contenders.map { $0.recall[label] })
        }
      ).svg)
  }

  var table: Table {
    func figure(_ value: Double?) -> String { value.map { decimal($0, 3) } ?? "–" }
    return Table(
      ["class", "answers", "recall", "precision", "F1", "AUROC", "refused", "most often taken for"],
      rows: evaluation.classes.indices.map { label in
        let row = evaluation.confusion[label]
        let wrong = row.indices.filter { $0 != label && row[$0] > 0 }.max { (row[$0], -$0) < (row[$1], -$1) }
        return [
          evaluation.classes[label], "\(row.reduce(0, +))", figure(evaluation.recall[label]),
          figure(evaluation.precision[label]), figure(evaluation.f1[label]),
          figure(evaluation.areaOfClass[label]), evaluation.refusedShareOfClass[label].map(percent) ?? "–",
          wrong.map { "\(evaluation.answers[$0]), \(percent(Double(row[$0]) / Double(row.reduce(0, +))))" }
            ?? "",
        ]
      }, textColumns: [7])
  }

  var curve: Figure? {
    guard let first = curves.first, first.points.count > 1 else { return nil }
    var marks: [Plot.Mark] = []
    for (place, curve) in curves.enumerated() {
      let series = Series(curve.contender, place: place)
      marks.append(
        .band(
          curve.points.map {
            .init(
              Double($0.shots), $0.balancedAccuracy.mean - $0.balancedAccuracy.ci95,
              $0.balancedAccuracy.mean + $0.balancedAccuracy.ci95)
          }, series))
      marks.append(
        .line(curve.points.map { .init(Double($0.shots), $0.balancedAccuracy.mean) }, series, hasDots: true))
    }
    let values = curves.flatMap(\.points).map(\.balancedAccuracy)
    let low = values.map { $0.mean - $0.ci95 }.min() ?? 0
    let high = values.map { $0.mean + $0.ci95 }.max() ?? 1
    return Figure(
      "More shots", caption: "Balanced accuracy; the band is its 95 % interval.",
      Plot(
        "Learning curve", x: Axis("shots a class", logarithmic: first.points.map { Double($0.shots) }),
        y: Axis("balanced accuracy", max(0, low)...min(1, max(high, low + 0.05))), marks: marks
      ).svg)
  }

  var reliability: Figure? {
    let bins = evaluation.reliability.bins
    let most = bins.map(\.count).max() ?? 0
    guard most > 0 else { return nil }
    let width = 1 / Double(bins.count)
    let shown = bins.enumerated().filter { $1.count > 0 }
    let share = { (count: Int) in Double(count) / Double(most) }
    let dots = shown.map { _, bin in
      Plot.Dot(
        bin.confidence, bin.accuracy,
        label:
          "\(bin.count) answers: confidence \(decimal(bin.confidence, 2)), right \(decimal(bin.accuracy, 2))",
        radius: 2 + 4 * share(bin.count).squareRoot())
    }
    let columns = shown.map { place, bin in
      Plot.Column(
        from: Double(place) * width, to: Double(place + 1) * width, height: 0.18 * share(bin.count),
        label: "\(bin.count) answers")
    }
    return Figure(
      "Confidence",
      caption:
        "On the diagonal, answers given with 0.8 are right eight times of ten; below it the head is too sure. "
        + "Columns show how many answers have that confidence.",
      Plot(
        "Reliability diagram", x: Axis("confidence", 0...1), y: Axis("share that is right", 0...1),
        marks: [
          .columns(columns, Series("", place: 9)), .guide(.init(0, 0), .init(1, 1)),
          .line(shown.map { .init($1.confidence, $1.accuracy) }, Series("", place: 0)),
          .dots(dots, Series("", place: 0)),
        ]
      ).svg)
  }

  var unknown: [Figure] {
    guard let openSet = evaluation.openSet else { return [] }
    let steps = Double(ReceiverOperating.steps)
    func line(_ openSet: Evaluation.OpenSet, _ name: String, _ place: Int) -> Plot.Mark {
      .line(
        [.init(0, 0)] + openSet.curve.enumerated().map { .init(Double($0) / steps, $1) },
        Series(name, place: place))
    }
    let others = baseline.flatMap { other in other.openSet.map { line($0, other.contender, 1) } }
    return [
      Figure(
        "Known from unknown",
        caption:
          "AUROC \(decimal(openSet.area, 3)); \(percent(openSet.falsePositiveRate95)) of the unknown pass where "
          + "95 % of the known do.",
        Plot(
          "Receiver operating characteristic", x: Axis("share of the unknown accepted", 0...1),
          y: Axis("share of the known accepted", 0...1),
          marks: [.guide(.init(0, 0), .init(1, 1)), line(openSet, evaluation.contender, 0)]
            + (others.map { [$0] } ?? [])
        ).svg), scores,
    ]
  }

  private var scores: Figure {
    let known = evaluation.outcomes.flatMap { $0.answers.map(\.openSetScore) }
    let unknown = evaluation.outcomes.flatMap(\.unknownScores)
    let low = Double(min(known.min() ?? 0, unknown.min() ?? 0))
    let high = max(Double(max(known.max() ?? 1, unknown.max() ?? 1)), low + 1e-6)
    let bins = 32
    let width = (high - low) / Double(bins)
    func columns(_ scores: [Float]) -> [Plot.Column] {
      var counts = [Int](repeating: 0, count: bins)
      for score in scores { counts[min(bins - 1, max(0, Int((Double(score) - low) / width)))] += 1 }
      return counts.enumerated().map { place, count in
        let share = Double(count) / Double(max(1, scores.count))
        return .init(
          from: low + Double(place) * width, to: low + Double(place + 1) * width, height: share,
          label: "\(percent(share)) of \(scores.count)")
      }
    }
    let both = [columns(known), columns(unknown)]
    let thresholds = evaluation.outcomes.compactMap(\.threshold).map(Double.init)
    let rule = MeanAndInterval(thresholds).map { [Plot.Mark.upright($0.mean, label: "threshold")] } ?? []
    return Figure(
      "Open-set scores",
      caption: "Left of the threshold a picture is unknown"
        + (thresholds.count > 1 ? " (each episode's head has its own; this is their mean)." : "."),
      Plot(
        "Open-set scores of known and unknown pictures", x: Axis("score", low...high, isExact: true),
        y: Axis("share", 0...(both.joined().map(\.height).max() ?? 1), ticks: 4),
        marks: [
          .columns(both[0], Series("known", place: 0)), .columns(both[1], Series("unknown", place: 1)),
        ] + rule
      ).svg)
  }
}

/// A share as per cent.
func percent(_ share: Double) -> String { decimal(share * 100, 1) + " %" }

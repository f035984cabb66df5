internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetSafetensors

extension Eval.Result {
  /// All of it, for other programs; the keys stay, and new ones come at the end.
  var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("balanced_accuracy", evaluation.balancedAccuracy.mean)
    writer.member("ci95", evaluation.balancedAccuracy.ci95)
    writer.ofEachClass("recall", evaluation.classes, evaluation.recall)
    writer.array("confusion", evaluation.confusion) { writer, row in
      writer.beginArray()
      for count in row { writer.value(count) }
      writer.endArray()
    }
    writer.member("auroc", evaluation.auroc)
    writer.member("fpr95", evaluation.falsePositiveRate95)
    writer.member("episodes", evaluation.episodes)
    writer.number("shots", evaluation.shots)
    writer.number("ways", evaluation.ways)
    writer.member("images_per_second", effort.imagesPerSecond)
    writer.member("method", evaluation.contender)
    writer.member("accuracy", evaluation.accuracy.mean)
    writer.member("macro_precision", evaluation.macroPrecision)
    writer.member("macro_f1", evaluation.macroF1)
    writer.array("answers", evaluation.answers) { $0.value($1) }
    writer.ofEachClass("precision", evaluation.classes, evaluation.precision)
    writer.ofEachClass("f1", evaluation.classes, evaluation.f1)
    writer.ofEachClass("class_auroc", evaluation.classes, evaluation.areaOfClass)
    writeCalibration(&writer)
    writer.member("refused", evaluation.refusedShare)
    writer.member("false_accepts", evaluation.openSet?.falseAcceptShare)
    writer.array("roc", evaluation.openSet?.curve ?? []) { $0.value($1) }
    writeComparison(&writer)
    writer.array("curve", curves) { writer, curve in
      writer.beginObject()
      writer.member("method", curve.contender)
      writer.array("points", curve.points) { writer, point in
        writer.beginObject()
        writer.member("shots", point.shots)
        writer.member("balanced_accuracy", point.balancedAccuracy.mean)
        writer.member("ci95", point.balancedAccuracy.ci95)
        writer.endObject()
      }
      writer.endObject()
    }
    writeMistakes(&writer)
    writer.array("recall_by_shots", evaluation.recallByShots) { writer, each in
      writer.beginObject()
      writer.member("shots", each.shots)
      writer.member("recall", each.recall)
      writer.endObject()
    }
    writer.ofEachClass("refused_by_class", evaluation.classes, evaluation.refusedShareOfClass)
    writer.key("embeddings")
    writer.beginObject()
    writer.member("computed", effort.computed)
    writer.member("cached", effort.cached)
    writer.member("seconds", effort.seconds)
    writer.endObject()
    writer.endObject()
    return writer.text
  }

  private func writeCalibration(_ writer: inout JSONWriter) {
    writer.key("calibration")
    writer.beginObject()
    writer.member("ece", evaluation.reliability.expectedError)
    writer.member("of_an_episode", evaluation.expectedErrorOfAnEpisode)
    writer.member("brier", evaluation.brier)
    writer.array("bins", evaluation.reliability.bins) { writer, bin in
      writer.beginObject()
      writer.member("count", bin.count)
      writer.member("confidence", bin.count == 0 ? nil : bin.confidence)
      writer.member("accuracy", bin.count == 0 ? nil : bin.accuracy)
      writer.endObject()
    }
    writer.endObject()
  }

  private func writeComparison(_ writer: inout JSONWriter) {
    writer.key("comparison")
    guard let baseline else { return writer.null() }
    let comparison = Comparison(before: baseline, after: evaluation)
    writer.beginObject()
    writer.member("before", comparison.before)
    writer.member("after", comparison.after)
    writer.member("balanced_accuracy_before", baseline.balancedAccuracy.mean)
    writer.member("difference", comparison.difference.mean)
    writer.member("ci95", comparison.difference.ci95)
    writer.member("gained", comparison.gained)
    writer.member("lost", comparison.lost)
    writer.member("test", comparison.test.rawValue)
    writer.member("p", comparison.probability)
    writer.ofEachClass("recall_difference", evaluation.classes, comparison.recallDifference)
    writer.endObject()
  }

  private func writeMistakes(_ writer: inout JSONWriter) {
    writer.array("mistakes", evaluation.worstMistakes(24)) { writer, mistake in
      writer.beginObject()
      writer.member("picture", folder.items[mistake.picture].name)
      writer.member("truth", evaluation.classes[mistake.truth])
      writer.member("answer", evaluation.answers[mistake.answer])
      writer.member("asked", mistake.asked)
      writer.member("wrong", mistake.wrong)
      writer.member("confidence", mistake.confidence)
      writer.endObject()
    }
  }
}

extension JSONWriter {
  fileprivate mutating func array<Element>(
    _ key: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    self.key(key)
    beginArray()
    for element in elements { write(&self, element) }
    endArray()
  }

  fileprivate mutating func ofEachClass(_ key: String, _ classes: [String], _ values: [Double?]) {
    self.key(key)
    beginObject()
    for (label, value) in zip(classes, values) { member(label, value) }
    endObject()
  }
}

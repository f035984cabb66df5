internal import ArgumentParser
internal import LinnetHead
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetSafetensors

/// What `linnet eval` takes about classes that are described.
struct DescribedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Instead of learning from shots: leave classes out in turn, and recognise them from this table alone.",
      valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var attributes: String?

  @Option(
    help: ArgumentHelp("The same from a vector a class.", valueName: "file"),
    completion: .file(extensions: ["csv", "npy"]))
  var vectors: String?

  @Option(
    help: ArgumentHelp(
      "With a table: how many classes are left out at a time; a quarter by default.", valueName: "n"))
  var unseen: Int?

  var isGiven: Bool { attributes != nil || vectors != nil }

  func validate() throws {
    guard attributes == nil || vectors == nil else {
      throw ValidationError("--attributes and --vectors exclude each other.")
    }
    guard (unseen ?? 2) >= 2 else { throw ValidationError("--unseen must be at least 2.") }
    guard unseen == nil || isGiven else {
      throw ValidationError("--unseen belongs to --attributes or --vectors.")
    }
  }
}

extension Eval {
  /// Class-held-out evaluation of a table of descriptions.
  func evaluateDescribed() throws {
    let table = try reporting {
      try described.attributes.map { try ClassDescriptions(attributes: $0) }
        ?? ClassDescriptions(vectors: described.vectors ?? "")
    }
    let pictures = try reporting { try PictureFolder(folder) }
    let known = pictures.classes.count(where: table.describes)
    if let unseen = described.unseen, known < unseen + 2 {
      throw Failure(
        .failed,
        "--unseen \(unseen) leaves fewer than two of the \(known) described classes with pictures, and at least two are needed "
          + "to learn from")
    }
    let embedder = try backbone.openEmbedder(cachingIn: try place.open())
    let bar = ProgressBar("embedding", total: pictures.items.count)
    let embeddings = try reporting {
      try embedder.embeddings(pictures.items.map { .file($0.path) }) { bar.update($0) }
    }
    bar.clear()
    let evaluation = try reporting {
      try DescriptionEvaluation(
        table, folder: pictures, embeddings: embeddings, recipe: DescriptionRecipe(),
        unseen: described.unseen,
        rounds: episodes ?? 5, seed: seed, backbone: embedder.backbone)
    }
    let output = Output()
    guard json.isOn else {
      report(evaluation, output)
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("balanced_accuracy", evaluation.balancedAccuracy.mean)
    writer.member("ci95", evaluation.balancedAccuracy.ci95)
    writer.member("chance", evaluation.chance)
    writer.key("recall")
    writer.beginObject()
    for (label, recall) in zip(evaluation.classes, evaluation.recall) { writer.member(label, recall) }
    writer.endObject()
    writer.member("folds", evaluation.folds)
    writer.member("unseen", evaluation.unseen)
    writer.member("described", evaluation.described)
    writer.endObject()
    output.line(writer.text)
  }

  private func report(_ evaluation: DescriptionEvaluation, _ output: Output) {
    var table = TextTable([.left, .right])
    for (label, recall) in zip(evaluation.classes, evaluation.recall) {
      table.add([visible(label), recall.map { percent(Float($0)) } ?? "not described"])
    }
    for line in table.lines { output.line(line) }
    let accuracy = evaluation.balancedAccuracy
    output.line(
      "balanced accuracy \(output.bold(decimal(accuracy.mean, 3))) ± \(decimal(accuracy.ci95, 3)), chance \(decimal(evaluation.chance, 3))"
        + "  (\(evaluation.unseen) of \(evaluation.described) classes left out at a time, \(evaluation.folds) folds)"
    )
  }
}

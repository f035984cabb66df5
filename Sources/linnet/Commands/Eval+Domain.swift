internal import ArgumentParser
internal import LinnetDomain
internal import LinnetHead
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetSafetensors

/// `--domain` and what belongs to it.
struct DomainOptions: ParsableArguments {
  @Option(
    name: .customLong("domain"),
    help: ArgumentHelp(
      "Ask about the pictures of this folder instead, with all of the first as shots.", valueName: "folder"),
    completion: .directory)
  var frames: String?

  @Option(
    name: .customLong("adapt"),
    help: ArgumentHelp(
      "With --domain: only this way of adapting beside none: auto, \(DomainChoices.names).", valueName: "way")
  )
  var way: DomainWay?

  @Option(
    name: .customLong("domain-mix"),
    help: ArgumentHelp(
      "With --domain: draw the frames of its classes in these proportions, the last for all that follow; 0 for none.",
      valueName: "n,n,…"))
  var mix: Proportions?

  @Option(
    name: .customLong("domain-shots"),
    help: ArgumentHelp(
      "With --domain: so many of its pictures of each class are shots too, and count as much as all the others of it.",
      valueName: "k"))
  var labelled: Int?

  var isGiven: Bool { frames != nil }

  func validate() throws {
    guard frames != nil || (way == nil && mix == nil && labelled == nil) else {
      throw ValidationError("--adapt, --domain-mix and --domain-shots need --domain.")
    }
    guard (1...100_000).contains(labelled ?? 1) else {
      throw ValidationError("--domain-shots must be at least 1.")
    }
    guard mix?.values.contains(where: { $0 > 0 }) ?? true else {
      throw ValidationError("--domain-mix needs a number above 0: without one there are no frames.")
    }
  }

  func run(
    _ shots: String, _ frames: String, method: HeadMethod, seed: UInt64, backbone: BackboneOptions,
    place: StoreOptions, json: JSONOption
  ) throws {
    let folders = try [shots, frames].map { path in try reporting { try PictureFolder(path) } }
    let embedder = try backbone.openEmbedder(cachingIn: try place.open())
    let bar = ProgressBar("embedding", total: folders.reduce(0) { $0 + $1.items.count })
    let embeddings = try reporting {
      try embedder.embeddings(folders.flatMap { $0.items.map { .file($0.path) } }) { bar.update($0) }
    }
    bar.clear()
    let count = folders[0].items.count
    let evaluation = try reporting {
      try DomainEvaluation(
        shots: .init(folder: folders[0], embeddings: Array(embeddings[..<count])),
        frames: .init(folder: folders[1], embeddings: Array(embeddings[count...])),
        mix: mix?.values, labelled: labelled ?? 0, seed: seed, methods: methods, chooses: way?.isAuto ?? true,
        recipe: HeadRecipe(method), backbone: embedder.backbone, threads: backbone.threadCount)
    }
    let output = Output()
    if json.isOn {
      output.line(Self.json(evaluation, head: method))
    } else {
      Self.report(evaluation, output)
    }
  }

  private var methods: [DomainMethod] {
    switch way {
    case nil: DomainMethod.allCases
    case .auto, .one(.none): [.none]
    case .one(let method): [.none, method]
    }
  }
}

/// `auto`, or a method.
enum DomainWay: ExpressibleByArgument {
  case auto
  case one(DomainMethod)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let method = DomainMethod(rawValue: argument) {
      self = .one(method)
    } else {
      return nil
    }
  }

  var isAuto: Bool { if case .auto = self { true } else { false } }

  var defaultValueDescription: String {
    switch self {
    case .auto: "auto"
    case .one(let method): method.rawValue
    }
  }
}

enum DomainChoices {
  static var names: String { DomainMethod.allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Proportions of classes, whole numbers separated by commas; of a class with 0 there is nothing.
struct Proportions: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...4096).contains(parts.count), parts.allSatisfy({ (0...100_000).contains($0 ?? -1) }) else {
      return nil
    }
    values = parts.compactMap { $0 }
  }

  var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}

extension DomainOptions {
  private static func report(_ evaluation: DomainEvaluation, _ output: Output) {
    var table = TextTable([.left, .right, .right, .left])
    let plain = evaluation.outcomes.first { $0.method == .none }?.balancedAccuracy
    func row(_ name: String, _ outcome: DomainEvaluation.Outcome) {
      let gain = plain.map { outcome.balancedAccuracy - $0 } ?? 0
      let least = evaluation.leastRecall(outcome)
      table.add([
        name, decimal(outcome.balancedAccuracy, 3), (gain > 0 ? "+" : "") + decimal(gain, 3),
        least.map { "least recall \(decimal($0.recall, 2)) (\(visible($0.label)))" } ?? "",
      ])
    }
    for outcome in evaluation.outcomes { row(outcome.method.rawValue, outcome) }
    if let chosen = evaluation.chosen { row(output.bold("auto"), chosen) }
    for line in table.lines { output.line(line) }
    output.line()
    if let choice = evaluation.choice {
      output.line("auto: \(output.bold(choice.method.rawValue)); \(visible(choice.reason))")
      for line in choice.grounds { output.line(output.dim(line)) }
    }
    let frames = evaluation.frames.reduce(0, +)
    let classes = evaluation.frames.count { $0 > 0 }
    output.line(
      output.dim(
        "balanced accuracy of \(frames) frames of \(classes) classes; heads of \(evaluation.shots) shots"
          + (evaluation.labelled > 0 ? " and \(evaluation.labelled) of their own" : "")))
    if evaluation.strangers > 0 {
      output.line(output.dim("\(evaluation.strangers) frames of classes without shots were left out"))
    }
  }

  private static func json(_ evaluation: DomainEvaluation, head: HeadMethod) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("head", head.rawValue)
    writer.member("shots", evaluation.shots)
    writer.member("domain_shots", evaluation.labelled)
    writer.key("frames")
    writer.beginObject()
    for (label, count) in zip(evaluation.classes, evaluation.frames) { writer.member(label, count) }
    writer.endObject()
    writer.member("left_out", evaluation.strangers)
    writer.key("methods")
    writer.beginArray()
    for outcome in evaluation.outcomes { write(outcome, evaluation, to: &writer) }
    writer.endArray()
    writer.key("auto")
    if let choice = evaluation.choice, let chosen = evaluation.chosen {
      write(chosen, evaluation, to: &writer, choice: choice)
    } else {
      writer.null()
    }
    writer.endObject()
    return writer.text
  }

  private static func write(
    _ outcome: DomainEvaluation.Outcome, _ evaluation: DomainEvaluation, to writer: inout JSONWriter,
    choice: DomainChoice? = nil
  ) {
    writer.beginObject()
    writer.member("method", outcome.method.rawValue)
    writer.member("balanced_accuracy", outcome.balancedAccuracy)
    writer.key("recall")
    writer.beginObject()
    for (label, recall) in zip(evaluation.classes, outcome.recall) { writer.member(label, recall) }
    writer.endObject()
    if let choice { choice.write(to: &writer) }
    writer.endObject()
  }
}

extension DomainEvaluation {
  /// The class that fares worst.
  fileprivate func leastRecall(_ outcome: Outcome) -> (label: String, recall: Double)? {
    var least: (label: String, recall: Double)?
    for (label, recall) in zip(classes, outcome.recall) {
      if let recall, recall < least?.recall ?? 2 { least = (label, recall) }
    }
    return least
  }
}

extension DomainChoice {
  /// What the choice rests on, in words.
  var grounds: [String] {
    var lines = [
      "distance from the shots \(decimal(shift.squaredDistance, 3)), by chance \(decimal(shift.expected, 3))"
    ]
    if let structure {
      lines.append(
        "what a frame's neighbours tell of its label: as it is \(decimal(structure.plain, 2)), in equal parts "
          + "\(decimal(structure.balanced, 2)), in about equal parts \(decimal(structure.relaxed, 2))")
    }
    if let evidence {
      lines.append(
        "evenness of the classes among the frames \(decimal(evidence.evenness, 2)); what neighbours tell of what a label "
          + "holds: \(decimal(evidence.explained.before, 2)) → \(decimal(evidence.explained.after, 2))")
      lines.append(
        "shots recognised by the means of the frames, chance at 0: \(decimal(evidence.reverse.before, 2)) → "
          + "\(decimal(evidence.reverse.after, 2)); classes' shares change by "
          + "\(decimal(evidence.divergence, 2)) nats")
    }
    if method != .none { lines.append("\(percent(Float(changed))) of the frames get another label") }
    return lines
  }

  func write(to writer: inout JSONWriter) {
    writer.member("reason", reason)
    writer.member("changed", changed)
    writer.member("distance", shift.squaredDistance)
    writer.member("distance_by_chance", shift.expected)
    writer.key("structure")
    if let structure {
      writer.beginObject()
      writer.member("none", structure.plain)
      writer.member("balanced", structure.balanced)
      writer.member("relaxed", structure.relaxed)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.key("evidence")
    guard let evidence else {
      writer.null()
      return
    }
    writer.beginObject()
    writer.member("evenness", evidence.evenness)
    writer.key("explained")
    evidence.explained.write(to: &writer)
    writer.key("reverse")
    evidence.reverse.write(to: &writer)
    writer.member("divergence", evidence.divergence)
    writer.endObject()
  }
}

extension DomainEvidence.Change {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("before", before)
    writer.member("after", after)
    writer.endObject()
  }
}

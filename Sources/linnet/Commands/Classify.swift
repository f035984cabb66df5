internal import ArgumentParser
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say what is on pictures.",
    discussion: """
      Answers with the head that was taught (linnet enrol), or, as long as nothing has been, with the \
      backbone's own 1000 classes. A picture that is like nothing the head has learned is “unknown”.

      A picture that cannot be read is said on standard error; the others are answered.

      --head may stand several times: the backbone sees a picture once, and every head says by its own \
      threshold what it is, the state of a door and who stands there, say.

      EXAMPLES
        linnet classify photo.jpg
        linnet classify --top 5 photo.jpg
        linnet classify --head imagenet photo.jpg   whatever has been taught
        linnet classify --head door --head visitor.head frame.jpg
        linnet classify --json frames/ | head
        curl -s http://camera/still.jpg | linnet classify -

      JSON, a line a picture: picture, label and index (null when unknown), confidence (of the likeliest class, \
      0…1), top (the likeliest classes: label, index, confidence), milliseconds (from file to answer). With several \
      heads: picture, heads (each by its name: label, index, confidence, top), milliseconds.

      EXIT STATUS
        0   some head recognised some picture
        2   all are unknown
        66  a picture does not exist or cannot be read
        1   a picture cannot be decoded
      """)

  @Argument(help: "Pictures, folders with pictures, or - for standard input.", completion: .file())
  var pictures: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("How many of the likeliest classes to show.", valueName: "n"))
  var top = 1

  @Option(
    help: ArgumentHelp(
      "The head that answers: a name in the store, a file, or imagenet; once for each head.",
      valueName: "head"))
  var head: [String] = []

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard !pictures.isEmpty else { throw ValidationError("Missing a picture.") }
    guard top >= 1 else { throw ValidationError("--top must be at least 1.") }
    for (place, name) in head.enumerated() where head[..<place].contains(name) {
      throw ValidationError("--head \(name) stands there twice.")
    }
  }

  func run() throws {
    let embedder = try backbone.openEmbedder(cachingIn: nil)
    let store = try place.open()
    let heads =
      head.isEmpty
      ? [try HeadPlace.open(nil, store: store, model: embedder.model)]
      : try head.map { try HeadPlace.open($0, store: store, model: embedder.model) }
    let classifier = try reporting { try Classifier(embedder: embedder, heads: heads) }
    var (sources, failures) = try PictureList.read(pictures)
    var recognised = 0
    let output = Output()
    let bar = ProgressBar("classifying", total: sources.count, isQuiet: output.isTerminal)
    try reporting {
      try classifier.classify(sources, top: top) { index, result in
        bar.clear()
        switch result {
        case .success(let answer):
          if answer.decisions.contains(where: { !$0.isUnknown }) { recognised += 1 }
          let name = sources[index].name
          if json.isOn {
            output.line(line(name, answer))
          } else {
            for text in lines(sources.count > 1 ? name : nil, answer, output) { output.line(text) }
          }
        case .failure(let error): failures.add(error)
        }
        bar.update(index + 1)
      }
    }
    bar.clear()
    if let failure = failures.failure { throw failure }
    if recognised == 0 { throw Failure(.unknown) }
  }

  private func line(_ name: String, _ answer: Classifier.Answer) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("picture", name)
    if head.count > 1 {
      writer.key("heads")
      writer.beginObject()
      for (head, decision) in zip(head, answer.decisions) {
        writer.key(head)
        writer.beginObject()
        Self.write(decision, to: &writer)
        writer.endObject()
      }
      writer.endObject()
    } else {
      Self.write(answer.decision, to: &writer)
    }
    writer.member("milliseconds", answer.milliseconds)
    writer.endObject()
    return writer.text
  }

  private static func write(_ decision: Decision, to writer: inout JSONWriter) {
    writer.member("label", decision.label)
    writer.member("index", decision.isUnknown ? nil : decision.ranked.first?.index)
    writer.member("confidence", decision.ranked.first?.confidence ?? 0)
    writer.key("top")
    writer.beginArray()
    for ranked in decision.ranked {
      writer.beginObject()
      writer.member("label", ranked.label)
      writer.member("index", ranked.index)
      writer.member("confidence", ranked.confidence)
      writer.endObject()
    }
    writer.endArray()
  }

  private func lines(_ name: String?, _ answer: Classifier.Answer, _ output: Output) -> [String] {
    let picture = name.map { output.dim(visible($0) + ":") }
    if head.count > 1 {
      var table = TextTable([.left, .left, .right])
      for (head, decision) in zip(head, answer.decisions) { add(decision, of: head, to: &table, output) }
      return (picture.map { [$0] } ?? []) + table.lines.map { name == nil ? $0 : "  " + $0 }
    }
    let decision = answer.decision
    let lead = picture.map { $0 + " " } ?? ""
    if decision.isUnknown { return [lead + unknown(decision, output)] }
    guard top > 1 else {
      return decision.ranked.map { lead + output.bold(visible($0.label)) + "  " + percent($0.confidence) }
    }
    var table = TextTable([.left, .right])
    for (rank, each) in decision.ranked.enumerated() {
      let label = visible(each.label)
      table.add([rank == 0 ? output.bold(label) : label, percent(each.confidence)])
    }
    return (picture.map { [$0] } ?? []) + table.lines.map { name == nil ? $0 : "  " + $0 }
  }

  /// What one head of several says: a row, or as many as were asked for.
  private func add(_ decision: Decision, of head: String, to table: inout TextTable, _ output: Output) {
    if decision.isUnknown {
      table.add([visible(head), unknown(decision, output)])
      return
    }
    for (rank, each) in decision.ranked.enumerated() {
      let label = visible(each.label)
      table.add([
        rank == 0 ? visible(head) : "", rank == 0 ? output.bold(label) : label, percent(each.confidence),
      ])
    }
  }

  private func unknown(_ decision: Decision, _ output: Output) -> String {
    let nearest = decision.ranked.map { "\(visible($0.label)) \(percent($0.confidence))" }
    return output.yellow("unknown") + output.dim("  (nearest: \(nearest.joined(separator: ", ")))")
  }
}

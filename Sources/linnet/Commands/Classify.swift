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

      EXAMPLES
        linnet classify photo.jpg
        linnet classify --top 5 photo.jpg
        linnet classify --head imagenet photo.jpg   whatever has been taught
        linnet classify --json frames/ | head
        curl -s http://camera/still.jpg | linnet classify -

      JSON, a line a picture: picture, label and index (null when unknown), confidence (of the likeliest class, \
      0…1), top (the likeliest classes: label, index, confidence), milliseconds (from file to answer).

      EXIT STATUS
        0   some picture was recognised
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
    help: ArgumentHelp("The head that answers: a name in the store, a file, or imagenet.", valueName: "head"))
  var head: String?

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard !pictures.isEmpty else { throw ValidationError("Missing a picture.") }
    guard top >= 1 else { throw ValidationError("--top must be at least 1.") }
  }

  func run() throws {
    let embedder = try backbone.openEmbedder(cachingIn: nil)
    let head = try HeadPlace.open(head, store: try place.open(), model: embedder.model)
    let classifier = try reporting { try Classifier(embedder: embedder, head: head) }
    var (sources, failures) = try PictureList.read(pictures)
    var recognised = 0
    let output = Output()
    let bar = ProgressBar("classifying", total: sources.count, isQuiet: output.isTerminal)
    try reporting {
      try classifier.classify(sources, top: top) { index, result in
        bar.clear()
        switch result {
        case .success(let answer):
          if !answer.decision.isUnknown { recognised += 1 }
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
    let decision = answer.decision
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("picture", name)
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
    writer.member("milliseconds", answer.milliseconds)
    writer.endObject()
    return writer.text
  }

  private func lines(_ name: String?, _ answer: Classifier.Answer, _ output: Output) -> [String] {
    let decision = answer.decision
    let lead = name.map { output.dim(visible($0) + ":") + " " } ?? ""
    let nearest = decision.ranked.map { "\(visible($0.label)) \(percent($0.confidence))" }
    if decision.isUnknown {
      return [lead + output.yellow("unknown") + output.dim("  (nearest: \(nearest.joined(separator: ", ")))")]
    }
    guard top > 1 else {
      return decision.ranked.map { lead + output.bold(visible($0.label)) + "  " + percent($0.confidence) }
    }
    var table = TextTable([.left, .right])
    for (rank, each) in decision.ranked.enumerated() {
      let label = visible(each.label)
      table.add([rank == 0 ? output.bold(label) : label, percent(each.confidence)])
    }
    return (name.map { [output.dim(visible($0) + ":")] } ?? [])
      + table.lines.map { name == nil ? $0 : "  " + $0 }
  }
}

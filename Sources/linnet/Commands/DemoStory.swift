internal import CLinux
internal import LinnetHead
internal import LinnetKernels
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetStore

/// What `linnet demo` tells, in order.
struct DemoStory {
  let embedder: PictureEmbedder
  /// The head that names the photograph.
  let naming: Head
  let pictures: String
  let threads: Int
  let output: Output

  func tell() throws {
    output.line("Views cut from nine free photographs (\(pictures)/CARD.md):")
    output.line("a demonstration that it works on this machine, not a benchmark.")
    let isNamed = try namePhotograph()
    let classifier = try learn()
    let (right, asked, milliseconds) = try classifyUnseen(with: classifier)
    let rejected = try reject(with: classifier)
    try report(milliseconds)
    invite()
    if !isNamed { throw Failure(.failed, "the photograph could not be named") }
    if right * 10 < asked * 9 {
      throw Failure(.failed, "only \(right) of \(asked) unseen captures were right")
    }
    if rejected == 0 { throw Failure(.failed, "nothing was rejected as unknown") }
  }

  private func namePhotograph() throws -> Bool {
    let path = pictures + "/photograph.jpg"
    title("1. A photograph, before anything is learned: \(path)")
    let answers = try answers(Classifier(embedder: embedder, head: naming), [path], top: 3)
    var table = TextTable([.left, .right])
    for ranked in answers[0].decision.ranked { table.add([ranked.label, percent(ranked.confidence)]) }
    for line in table.lines { output.line("   " + line) }
    return answers[0].decision.label != nil
  }

  private func learn() throws -> Classifier {
    let folder = try PictureFolder(pictures + "/learn")
    title(
      "2. Learning \(folder.classes.count) things from \(folder.items.count) captures: \(folder.classes.joined(separator: ", "))"
    )
    let start = linnet_monotonic_nanoseconds()
    let embeddings = try embedder.embeddings(folder.items.map { .file($0.path) })
    let embedded = linnet_monotonic_nanoseconds()
    let head = try Teacher.learn(
      embeddings, labels: folder.items.map { folder.classes[$0.label] }, method: Teacher.usualMethod,
      backbone: embedder.backbone)
    let learned = linnet_monotonic_nanoseconds()
    output.line(
      "   \(text(embedded - start)) for the embeddings, \(text(learned - embedded)) to learn from them")
    return try Classifier(embedder: embedder, head: head)
  }

  private func classifyUnseen(
    with classifier: Classifier
  ) throws -> (right: Int, asked: Int, milliseconds: [Double]) {
    let folder = try PictureFolder(pictures + "/try")
    let classes = classifier.heads[0].classes
    title(
      "3. \(folder.items.count) captures that it has not seen: a row what it is, a column what it says, in per cent"
    )
    let answers = try answers(classifier, folder.items.map(\.path), top: 1)
    var counts = Array(repeating: Array(repeating: 0, count: classes.count + 1), count: folder.classes.count)
    var right = 0
    for (item, answer) in zip(folder.items, answers) {
      let decision = answer.decision
      counts[item.label][decision.isUnknown ? classes.count : decision.ranked[0].index] += 1
      if decision.label == folder.classes[item.label] { right += 1 }
    }
    let matrix = ConfusionMatrix(labels: folder.classes, answers: classes + ["unknown"], counts: counts)
    for line in matrix.lines(output) { output.line("   " + line) }
    output.line("   \(output.bold("\(right) of \(answers.count)")) right")
    return (right, answers.count, answers.map(\.milliseconds))
  }

  private func reject(with classifier: Classifier) throws -> Int {
    let paths = try LinnetPipeline.pictures(at: pictures + "/unknown")
    title("4. \(paths.count) pictures of things that it was never shown")
    let answers = try answers(classifier, paths, top: 1)
    let rejected = answers.count { $0.decision.isUnknown }
    if let place = answers.firstIndex(where: { $0.decision.isUnknown }) {
      let nearest = answers[place].decision.ranked[0].label
      output.line(
        "   \(Folder.name(of: paths[place])): \(output.yellow("I don't know this")) (nearest: \(nearest))")
    }
    output.line("   \(output.bold("\(rejected) of \(paths.count)")) rejected as unknown")
    return rejected
  }

  private func report(_ milliseconds: [Double]) throws {
    let sorted = milliseconds.sorted()
    let session = try Session(model: embedder.model)
    var engine: [Double] = []
    for _ in 0..<20 {
      let start = linnet_monotonic_nanoseconds()
      session.run()
      engine.append(Double(linnet_monotonic_nanoseconds() - start) / 1e6)
    }
    engine.sort()
    title("5. Time an image took (median)")
    output.line(
      "   \(output.bold(decimal(sorted[sorted.count / 2], 2) + " ms")) from file to answer, \(threads) at a time; \(decimal(engine[engine.count / 2], 2)) ms of it the network"
    )
    output.line("   \(processorName()), \(session.instructionSet.name), \(embedder.model.name)")
  }

  private func invite() {
    let program = commandPath()
    title("Now with your own pictures:")
    output.line("   \(program) enrol mug my-pictures/mug/*.jpg")
    output.line("   \(program) enrol plate my-pictures/plate/*.jpg")
    output.line("   \(program) classify another.jpg")
  }

  private func answers(
    _ classifier: Classifier, _ paths: [String], top: Int
  ) throws -> [Classifier.Answer] {
    var result: [Classifier.Answer] = []
    var failure: PipelineError?
    try classifier.classify(paths.map { .file($0) }, top: top) { _, answer in
      switch answer {
      case .success(let answer): result.append(answer)
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return result
  }

  private func title(_ text: String) {
    output.line()
    output.line(output.bold(text))
  }

  private func text(_ nanoseconds: UInt64) -> String { decimal(Double(nanoseconds) / 1e6, 1) + " ms" }
}

/// How the running program was called, so that a line with it can be pasted: its path, or its name when that suffices.
private func commandPath() -> String {
  let called = CommandLine.arguments.first ?? "linnet"
  return called.contains("/") ? called : "linnet"
}

/// The processor as the kernel names it.
private func processorName() -> String {
  let text = (try? File.read("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) } ?? ""
  for line in text.split(separator: "\n") where line.hasPrefix("model name") || line.hasPrefix("Model") {
    if let name = line.split(separator: ":", maxSplits: 1).last { return String(name.drop { $0 == " " }) }
  }
  return "this processor"
}

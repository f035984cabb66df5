internal import ArgumentParser
internal import LinnetModel
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetStore

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a model or head file.",
    discussion: """
      Of a model: where it comes from, whether its digest is right, how a picture becomes its input, and each \
      layer with its kernel on this machine, output shape, quantisation, multiply-accumulates and place in the arena. \
      Of a head: its classes, method, backbone and thresholds.

      --plan shows how a run goes about it instead: the steps, what each does, how many rows of the output exist \
      at a time (in a ring where the next layer of the step takes them at once), what threads would share, and a map \
      of the arena during the step, from its first byte at the left to the last: █ is written, ▒ read, ░ kept for a \
      later step, · free. LINNET_L2 says for what cache to plan, LINNET_PLAN how.

      EXAMPLES
        linnet inspect models/efficientnet-lite0.linnet
        linnet inspect models/efficientnet-lite0.linnet --plan
        LINNET_L2=512K linnet inspect models/efficientnet-lite0.linnet --plan
        linnet inspect models/imagenet.head --json
      """)

  @Argument(help: "A .linnet or .head file.", completion: .file(extensions: ["linnet", "head"]))
  var file: String

  @Option(help: ArgumentHelp("Threads that a run would have.", valueName: "n"))
  var threads = 1

  @Flag(help: "Show steps and memory of a run.")
  var plan = false

  @OptionGroup var json: JSONOption

  func run() throws {
    if try isHead() {
      guard !plan else { throw Failure(.usage, "\(file) is a head; only a model has a plan") }
      return try HeadReport(path: file).print(json: json.isOn)
    }
    let model = try ModelPlace.open(file)
    let session = try reporting {
      try Session(model: model, configuration: SessionConfiguration(threads: threads))
    }
    if plan { return PlanReport(session).print(json: json.isOn) }
    let report = ModelReport(model: model, session: session)
    report.print(json: json.isOn)
    if !report.isWhole {
      throw Failure(.failed, "\(file): the digest is not that of its contents; the file is damaged")
    }
  }

  /// Whether the container says that it holds a head.
  private func isHead() throws -> Bool {
    do {
      return try SafetensorsFile(path: file).metadata["linnet.head"] != nil
    } catch {
      throw Failure(.container(error), path: file)
    }
  }
}

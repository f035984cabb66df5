internal import ArgumentParser
internal import CLinux
internal import LinnetHead
internal import LinnetInsight
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetSafetensors
internal import LinnetStore

struct Choose: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "choose",
    abstract: "Find which backbone and head suit these pictures on this machine.",
    discussion: """
      Learns heads from the captures with some held out, asks about those, and measures on this machine how long each \
      backbone takes from a picture to its embedding. Recommends the fastest whose accuracy is within a standard \
      error of the best. Pictures of one group (see linnet eval) are held out together.

      Backbones are the .linnet files where linnet looks for its own, or those that --model names.

      EXAMPLES
        linnet choose pictures
        linnet choose pictures --model small.linnet --model large.linnet --method prototype
        linnet choose --head door --budget 20

      JSON: trials (backbone, path, milliseconds, file_bytes, memory_bytes, results: method, balanced_accuracy, \
      standard_error), recommended (path, method), reason.
      """)

  @OptionGroup var captures: CaptureOptions

  @Option(
    name: .customLong("model"),
    help: ArgumentHelp("A backbone to try, a .linnet file; may be given again.", valueName: "file"),
    completion: .file(extensions: ["linnet"]))
  var models: [String] = []

  @Option(
    name: .customLong("method"),
    help: ArgumentHelp("A method to try; may be given again.", valueName: "method"))
  var methods: [HeadMethod] = []

  @Option(help: ArgumentHelp("Milliseconds that an embedding may take.", valueName: "ms"))
  var budget: Double?

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (1...SessionConfiguration.greatestThreads).contains(threads ?? 1) else {
      throw ValidationError("--threads must be 1 to \(SessionConfiguration.greatestThreads).")
    }
    guard (budget ?? 1) > 0 else { throw ValidationError("--budget must be above 0.") }
  }

  func run() throws {
    let store = try place.open()
    let list = try captures.list(store)
    guard list.classes.count > 1 else {
      throw Failure(.failed, "there is one class only; to choose, at least two must be told apart")
    }
    var trials: [BackboneChoice.Trial] = []
    for path in try paths() {
      let model = try ModelPlace.open(path)
      guard model.preprocessing != nil, !trials.contains(where: { $0.backbone.digest == model.digest }) else {
        if !models.isEmpty, model.preprocessing == nil {
          throw Failure(PipelineError.takesNoPicture(model: model.name))
        }
        continue
      }
      trials.append(try trial(model, path, list, store))
    }
    guard let choice = BackboneChoice(trials, budget: budget) else {
      throw Failure(.failed, "every class has one capture only; to choose, some must be held out")
    }
    if json.isOn { Output().line(line(choice)) } else { report(choice) }
  }

  /// The backbones to try.
  private func paths() throws -> [String] {
    guard models.isEmpty else { return models }
    var found: [String] = []
    if let path = environmentVariable("LINNET_MODEL"), !path.isEmpty { found.append(path) }
    for folder in ModelPlace.usualPlaces.map(Folder.parent) {
      let names = ((try? Folder.entries(folder)) ?? []).filter {
        !$0.isFolder && $0.name.hasSuffix(".linnet")
      }
      found += names.map { folder + "/" + $0.name }
    }
    guard !found.isEmpty else {
      throw Failure(.noInput, "no backbone was found: give one or more with --model")
    }
    return found
  }

  private var threadCount: Int {
    threads ?? max(1, min(SessionConfiguration.greatestThreads, linnet_available_processors()))
  }

  private func trial(
    _ model: Model, _ path: String, _ list: CaptureList, _ store: Store
  ) throws -> BackboneChoice.Trial {
    let embedder = try reporting {
      try PictureEmbedder(model: model, threads: threadCount, cacheFolder: store.cacheFolder)
    }
    let (captures, rows, unreadable) = try list.embedded(by: embedder, progress: visible(model.name))
    for each in unreadable { complain(each.reason.description) }
    let tried = methods.isEmpty ? BackboneChoice.usualMethods : methods
    let bar = ProgressBar("learning on \(visible(model.name))", total: tried.count * 100)
    var results: [BackboneChoice.Result] = []
    for (number, method) in tried.enumerated() {
      let heldOut: HeldOutAnswers
      do {
        heldOut = try HeldOutAnswers(of: captures, method: method, threads: threadCount) {
          bar.update(number * 100 + 100 * $0 / $1)
        }
      } catch PipelineError.head(.missing) where methods.isEmpty {
        continue
      } catch {
        throw Failure(error)
      }
      if let result = BackboneChoice.Result(method: method, of: captures, heldOut) { results.append(result) }
    }
    bar.clear()
    let cost = try cost(of: model, rows.prefix(8).map { list.paths[$0] })
    return BackboneChoice.Trial(
      backbone: embedder.backbone, path: path, milliseconds: cost.milliseconds,
      fileBytes: model.file.dataOffset + model.file.dataByteCount, memoryBytes: cost.memoryBytes,
      results: results)
  }

  /// The median time of an embedding, the first of every picture left out, and the session's memory.
  private func cost(of model: Model, _ paths: [String]) throws -> (milliseconds: Double, memoryBytes: Int) {
    var times: [UInt64] = []
    return try reporting {
      var embedder = try Embedder(model: model, configuration: SessionConfiguration(threads: threadCount))
      for path in paths {
        let picture = try File.read(path)
        for run in 0..<6 {
          let start = linnet_monotonic_nanoseconds()
          _ = try embedder.embed(picture)
          if run > 0 { times.append(linnet_monotonic_nanoseconds() - start) }
        }
      }
      return (Double(times.sorted()[times.count / 2]) / 1e6, embedder.session.arenaBytes)
    }
  }

  private func report(_ choice: BackboneChoice) {
    let output = Output()
    let methods = choice.trials[choice.recommended.trial].results.map(\.method)
    var table = TextTable([.left, .right, .right, .right] + methods.map { _ in .right })
    table.add((["backbone", "ms", "file MB", "memory MB"] + methods.map(\.rawValue)).map { output.dim($0) })
    for (place, trial) in choice.trials.enumerated() {
      var cells = [
        visible(trial.backbone.name), decimal(trial.milliseconds, 2), Self.megabytes(trial.fileBytes),
        Self.megabytes(trial.memoryBytes),
      ]
      for method in methods {
        let result = trial.results.firstIndex { $0.method == method }
        let text =
          result.map {
            "\(decimal(trial.results[$0].balancedAccuracy, 3)) ± \(decimal(trial.results[$0].standardError, 3))"
          } ?? "–"
        cells.append(
          (place, result) == (choice.recommended.trial, choice.recommended.result) ? output.bold(text) : text)
      }
      table.add(cells)
    }
    for line in table.lines { output.line(line) }
    output.line()
    let trial = choice.trials[choice.recommended.trial]
    let method = trial.results[choice.recommended.result].method.rawValue
    output.line(
      "take \(output.bold(visible(trial.backbone.name))) with \(output.bold(method)): \(visible(choice.reason))"
    )
    output.line(output.dim("  linnet train --model \(visible(trial.path)) --method \(method)"))
  }

  private static func megabytes(_ bytes: Int) -> String { decimal(Double(bytes) / 1e6, 1) }

  private func line(_ choice: BackboneChoice) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("trials")
    writer.beginArray()
    for trial in choice.trials {
      writer.beginObject()
      writer.member("backbone", trial.backbone.name)
      writer.member("path", trial.path)
      writer.member("milliseconds", trial.milliseconds)
      writer.member("file_bytes", trial.fileBytes)
      writer.member("memory_bytes", trial.memoryBytes)
      writer.key("results")
      writer.beginArray()
      for result in trial.results {
        writer.beginObject()
        writer.member("method", result.method.rawValue)
        writer.member("balanced_accuracy", result.balancedAccuracy)
        writer.member("standard_error", result.standardError)
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    let trial = choice.trials[choice.recommended.trial]
    writer.key("recommended")
    writer.beginObject()
    writer.member("path", trial.path)
    writer.member("method", trial.results[choice.recommended.result].method.rawValue)
    writer.endObject()
    writer.member("reason", choice.reason)
    writer.endObject()
    return writer.text
  }
}

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

      Backbones are the .linnet files where linnet looks for its own, or those that --model names. Of several, every two are \
      tried together as well, as long as both keep to --budget; such a pair sees every picture, one after the other.

      EXAMPLES
        linnet choose pictures
        linnet choose pictures --model small.linnet --model large.linnet --method prototype
        linnet choose --head door --budget 20

      JSON: trials (backbone, path, of a pair two with a colon between as LINNET_MODEL has them, milliseconds, file_bytes, \
      memory_bytes, results: method, balanced_accuracy, standard_error), recommended (path, method), reason.
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
    var tried: [Candidate] = []
    for path in try paths() {
      let model = try ModelPlace.open(path)
      guard model.preprocessing != nil, !tried.contains(where: { $0.models[0].digest == model.digest }) else {
        if !models.isEmpty, model.preprocessing == nil {
          throw Failure(PipelineError.takesNoPicture(model: model.name))
        }
        continue
      }
      tried.append(try candidate(model, path, list, store))
    }
    for (place, first) in Array(tried).enumerated() {
      for second in tried[(place + 1)...] where second.models.count == 1 {
        guard first.trial.milliseconds + second.trial.milliseconds <= budget ?? .infinity else { continue }
        if let pair = try candidate(first, second, list) { tried.append(pair) }
      }
    }
    let trials = tried.map(\.trial)
    guard let choice = BackboneChoice(trials, budget: budget) else {
      throw Failure(.failed, "every class has one capture only; to choose, some must be held out")
    }
    if json.isOn { Output().line(line(choice)) } else { report(choice) }
  }

  /// The backbones to try.
  private func paths() throws -> [String] {
    guard models.isEmpty else { return models }
    var found: [String] = []
    if let path = environmentVariable("LINNET_MODEL"), !path.isEmpty {
      found += File.exists(path) ? [path] : path.split(separator: ":").map(String.init)
    }
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

  /// A backbone or a pair, what it makes of the captures, and how it did.
  private struct Candidate {
    var models: [Model]
    var captures: LabelledCaptures
    /// The captures that could be read, places in the list.
    var rows: [Int]
    var trial: BackboneChoice.Trial
  }

  private func candidate(
    _ model: Model, _ path: String, _ list: CaptureList, _ store: Store
  ) throws -> Candidate {
    let embedder = try reporting {
      try PictureEmbedder(model: model, threads: threadCount, cacheFolder: store.cacheFolder)
    }
    let (captures, rows, unreadable) = try list.embedded(by: embedder, progress: visible(model.name))
    for each in unreadable { complain(each.reason.description) }
    return Candidate(
      models: [model], captures: captures, rows: rows,
      trial: try trial([model], path, captures, rows.prefix(8).map { list.paths[$0] }))
  }

  /// Two together: a pair's vector is that of the first, then that of the second. `nil` where they cannot read the same
  /// captures.
  private func candidate(_ first: Candidate, _ second: Candidate, _ list: CaptureList) throws -> Candidate? {
    guard first.rows == second.rows else { return nil }
    let captures = LabelledCaptures(
      names: first.captures.names, classes: first.captures.classes, classOf: first.captures.classOf,
      groups: first.captures.groups,
      embeddings: zip(first.captures.embeddings, second.captures.embeddings).map { $0 + $1 },
      backbone: first.captures.backbone.joined(with: second.captures.backbone))
    let models = [first.models[0], second.models[0]]
    return Candidate(
      models: models, captures: captures, rows: first.rows,
      trial: try trial(
        models, first.trial.path + ":" + second.trial.path, captures,
        first.rows.prefix(8).map { list.paths[$0] }))
  }

  private func trial(
    _ models: [Model], _ path: String, _ captures: LabelledCaptures, _ pictures: [String]
  ) throws -> BackboneChoice.Trial {
    let tried = methods.isEmpty ? BackboneChoice.usualMethods : methods
    let bar = ProgressBar("learning on \(visible(captures.backbone.name))", total: tried.count * 100)
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
    let cost = try cost(of: models, pictures)
    return BackboneChoice.Trial(
      backbone: captures.backbone, path: path, milliseconds: cost.milliseconds,
      fileBytes: models.reduce(0) { $0 + $1.file.dataOffset + $1.file.dataByteCount },
      memoryBytes: cost.memoryBytes, results: results)
  }

  /// The median time of a vector, the first of every picture left out, and the sessions' memory.
  private func cost(of models: [Model], _ paths: [String]) throws -> (milliseconds: Double, memoryBytes: Int)
  {
    var times: [UInt64] = []
    return try reporting {
      let maker = try VectorMaker(
        models: models, configuration: SessionConfiguration(threads: threadCount))
      for path in paths {
        let picture = try File.read(path)
        for run in 0..<6 {
          let start = linnet_monotonic_nanoseconds()
          _ = try maker.vector(of: picture)
          if run > 0 { times.append(linnet_monotonic_nanoseconds() - start) }
        }
      }
      return (Double(times.sorted()[times.count / 2]) / 1e6, maker.memoryBytes)
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
    let models = trial.path.split(separator: ":").map { "--model \(visible(String($0)))" }
    output.line(output.dim("  linnet train \(models.joined(separator: " ")) --method \(method)"))
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

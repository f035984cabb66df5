internal import ArgumentParser
internal import CLinux
internal import LinnetKernels
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetStore

/// `--model` and `--threads`.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The backbone, a .linnet file; given twice, a pair that sees every picture together.", valueName: "file"
    ),
    completion: .file(extensions: ["linnet"]))
  var model: [String] = []

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard (1...SessionConfiguration.greatestThreads).contains(threads ?? 1) else {
      throw ValidationError("--threads must be 1 to \(SessionConfiguration.greatestThreads).")
    }
  }

  /// The backbone, or the pair, for a command that looks into them.
  func openModels() throws -> [Model] { try ModelPlace.open(model) }

  /// The backbone, for a command that looks into one.
  func openModel() throws -> Model {
    let models = try openModels()
    guard models.count == 1 else { throw Failure(.usage, "this works with one backbone; give --model once") }
    return models[0]
  }

  var threadCount: Int {
    threads ?? max(1, min(SessionConfiguration.greatestThreads, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }

}

/// `--model`, `--threads` and `--views`.
struct BackboneOptions: ParsableArguments {
  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Average each picture's embedding over views of it: flip, crops, light, turns, several with commas, or none; "
        + "LINNET_VIEWS by default, else as the head was taught.",
      valueName: "kinds"))
  var views: String?

  var threadCount: Int { model.threadCount }

  /// `nil` where nothing is said.
  private func viewKinds() throws -> ViewKinds? {
    guard let text = views ?? environmentVariable("LINNET_VIEWS"), !text.isEmpty else { return nil }
    guard let kinds = ViewKinds(text) else {
      throw Failure(
        .usage, "“\(text)” are no views: give flip, crops, light, turns, several with commas, or none")
    }
    return kinds
  }

  /// The backbone ready for pictures; what it makes of them is cached in `store`.
  func openEmbedder(cachingIn store: Store?, isWhole: Bool = true) throws -> PictureEmbedder {
    let (models, views) = (try model.openModels(), try viewKinds())
    return try reporting {
      try PictureEmbedder(
        models: models, threads: threadCount, cacheFolder: store?.cacheFolder, views: views, isWhole: isWhole)
    }
  }

  /// The same, which sees pictures as the head of `set` was taught; `nil` for pictures of no set.
  func openEmbedder(of set: String?, in store: Store) throws -> PictureEmbedder {
    let embedder = try openEmbedder(cachingIn: store)
    guard let set else { return embedder }
    return try reporting { try Teacher(store: store, embedder: embedder).embedder(of: set) }
  }
}

/// `--store`.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where captures and heads are kept; LINNET_STORE or $XDG_DATA_HOME/linnet by default.",
      valueName: "folder"),
    completion: .directory)
  var store: String?

  func open() throws -> Store { try StorePlace.open(store) }
}

/// `--json`.
struct JSONOption: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Answer as JSON, for other programs.")
  var isOn = false
}

extension SessionConfiguration {
  /// The name of the instruction set that sessions use, or the failure that LINNET_ISA makes.
  func instructionSetName() throws -> String {
    do {
      return try resolvedInstructionSet().name
    } catch {
      throw Failure(error)
    }
  }
}

internal import ArgumentParser
internal import LinnetHead
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetStore

/// `--false-accepts` and `--never-unknown`.
struct UnknownOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The share of strangers that may be taken for one of the labels, 0 to 1, or usual: as few as refusing 5 % of what is \
      known allows, 14 % with background pictures.
      """,
      valueName: "rate"))
  var falseAccepts: FalseAccepts?

  @Flag(help: "Always answer with a label, whatever the picture shows; until --false-accepts is given.")
  var neverUnknown = false

  func validate() throws {
    if neverUnknown && falseAccepts != nil {
      throw ValidationError("--never-unknown and --false-accepts exclude each other.")
    }
  }

  func apply(to recipe: inout HeadRecipe) {
    if neverUnknown { recipe.unknown.isNever = true }
    guard let falseAccepts else { return }
    recipe.unknown.isNever = false
    recipe.unknown.falseAcceptRate = falseAccepts.rate
  }

  /// A share, or `usual`.
  struct FalseAccepts: ExpressibleByArgument {
    /// `nil`: the usual.
    let rate: Float?

    init?(argument: String) {
      if argument == "usual" {
        rate = nil
      } else {
        guard let rate = Float(argument), 0...1 ~= rate else { return nil }
        self.rate = rate
      }
    }
  }
}

extension BackboneOptions {
  /// A teacher for the store that may lean on the classifier that came with the backbone.
  func openTeacher(_ store: Store) throws -> Teacher {
    let embedder = try openEmbedder(cachingIn: store)
    return Teacher(store: store, embedder: embedder, support: try trainingSupport(embedder))
  }

  /// What learning may lean on: the classifier that came with the backbone and the prior learned for it, as far as they
  /// lie beside it and fit; nothing for a pair of backbones.
  func trainingSupport(_ embedder: PictureEmbedder) throws -> TrainingSupport {
    let model = embedder.model
    var support = TrainingSupport()
    guard model.digest == embedder.backbone.digest else { return support }
    if let classifier = try HeadPlace.builtInPath(beside: model).map(HeadPlace.read),
      classifier.backbone.digest == model.digest
    {
      try reporting { try classifier.checkBackbone(embedder.backbone) }
      support.classifier = classifier
    }
    support.prior = try HeadPlace.prior(beside: model)
    return support
  }
}

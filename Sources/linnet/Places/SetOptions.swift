public import ArgumentParser
public import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

/// `--head` where it names a set of the store.
struct SetOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The set of labels, and the head learned from it.", valueName: "name"))
  var head = Store.defaultSet
}

/// How a head is learned: `--method` and what can be said about it.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      How the head is learned: logistic, ridge, lda, prototype, knn, mlp, auto, or imprint (new labels beside those of --from); \
      as before by default, auto at first. HEADS.md says which suits when.
      """,
      valueName: "method"))
  var method: HeadMethod?

  @Option(
    help: ArgumentHelp(
      "What is done to embeddings first: l2 (length one), or root (square roots, then length one).",
      valueName: "treatment"))
  var treatment: TreatmentName?

  @Option(
    help: ArgumentHelp(
      "How strongly weights are held back, above 0; 0.3 is usual for ridge and lda, 1 for ridge where labels have unequal numbers of captures.",
      valueName: "strength"
    ))
  var regularisation: Float?

  @Option(help: ArgumentHelp("How many captures vote with knn; 5 by default.", valueName: "n"))
  var neighbours: Int?

  @Option(
    help: ArgumentHelp(
      "The head to start from, or, with imprint, to put the new labels beside: a name in the store, a file, or imagenet.",
      valueName: "head"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Below what nothing is known: one threshold for all labels (common, the default), or one of each label (class).",
      valueName: "scope"))
  var thresholds: ThresholdScope?

  @OptionGroup var descent: DescentOptions

  func validate() throws {
    if let regularisation, !(regularisation > 0 && regularisation.isFinite) {
      throw ValidationError("--regularisation must be a number above 0.")
    }
    guard (1...1_000_000).contains(neighbours ?? 1) else {
      throw ValidationError("--neighbours must be 1 to 1000000.")
    }
  }

  /// Puts what was given into a recipe for vectors of this backbone.
  func apply(to recipe: inout HeadRecipe, over embedder: PictureEmbedder) {
    if let treatment {
      recipe.treatment = treatment.treatment(embedder.backbone.blocks.first ?? embedder.dimension)
    }
    if let regularisation { recipe.regularisation = regularisation }
    if let neighbours { recipe.neighbours = neighbours }
    if let thresholds { recipe.thresholds = thresholds }
    descent.apply(to: &recipe)
  }
}

extension BackboneOptions {
  /// A teacher for the store that may lean on the classifier that came with the backbone, and on the head of `--from`.
  func openTeacher(_ store: Store, _ options: RecipeOptions) throws -> Teacher {
    let teacher = try openTeacher(store)
    guard let from = options.from else { return teacher }
    var support = teacher.support
    support.earlier = try HeadPlace.open(from, store: store, model: teacher.embedder.model)
    return Teacher(store: store, embedder: teacher.embedder, support: support)
  }
}

/// A treatment by its name, of the embedding alone.
enum TreatmentName: String, CaseIterable, ExpressibleByArgument {
  case l2
  case root

  /// - Parameter width: numbers of the embedding.
  func treatment(_ width: Int) -> EmbeddingTreatment {
    switch self {
    case .l2: .l2(width)
    case .root: .squareRoot(width)
    }
  }
}

extension HeadMethod: ExpressibleByArgument {}
extension ThresholdScope: ExpressibleByArgument {}

extension JSONWriter {
  /// An array of labels with the number of their captures.
  mutating func labels(_ counts: [(label: String, captures: Int)]) {
    beginArray()
    for each in counts {
      beginObject()
      member("label", each.label)
      member("captures", each.captures)
      endObject()
    }
    endArray()
  }
}

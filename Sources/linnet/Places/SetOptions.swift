public import ArgumentParser
public import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

/// `--head` where it names a set of the store.
struct SetOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The set of labels, and the head learned from it.", valueName: "name"))
  var head = Store.defaultSet

  /// Captures of a set of that name would hide the head that came with the backbone.
  func check() throws {
    guard head != HeadPlace.builtIn else {
      throw ValidationError("\(head) is the head that came with the backbone: give the set another name.")
    }
  }
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
      """
      What is done to embeddings first, before each is divided by its length: l2 (nothing), root (square roots of the numbers), \
      centred (less the mean of the pictures that the backbone was trained on), or standard (and divided by their deviation).
      """,
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
      """
      The head to start from: a logistic or mlp head is trained further, and others imprint puts the new labels beside; a name \
      in the store, a file, or imagenet.
      """,
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
    if let method { try check(method) }
  }

  /// An option that a method does not know would be left aside without a word.
  func check(_ method: HeadMethod) throws {
    let lacking =
      if from != nil, ![.logistic, .mlp, .imprint].contains(method) {
        "--from goes with logistic, mlp and imprint"
      } else if neighbours != nil, method != .knn {
        "--neighbours goes with knn"
      } else if regularisation != nil, [.prototype, .knn, .imprint, .auto].contains(method) {
        "--regularisation goes with logistic, ridge, lda and mlp"
      } else {
        descent.lack(of: method)
      }
    if let lacking { throw ValidationError("\(lacking), not with \(method.rawValue).") }
  }

  /// Whether anything at all is said of how to learn.
  var isGiven: Bool {
    method != nil || treatment != nil || regularisation != nil || neighbours != nil || from != nil
      || thresholds != nil || descent.isGiven
  }

  /// The method: what was given, or else what can be done with the head of `--from`.
  func method(from earlier: Head?) -> HeadMethod? {
    guard method == nil, let earlier else { return method }
    return switch earlier.kind {
    case .logistic: .logistic
    case .mlp: .mlp
    default: .imprint
    }
  }

  /// The treatment that was given, for vectors of this backbone.
  func treatment(over embedder: PictureEmbedder, _ support: TrainingSupport) throws -> EmbeddingTreatment? {
    try treatment?.treatment(
      embedder.backbone.blocks.first ?? embedder.dimension, support.classifier?.sourceStatistics)
  }

  /// Puts what was given into a recipe.
  func apply(to recipe: inout HeadRecipe, treatment: EmbeddingTreatment?) {
    if let treatment { recipe.treatment = treatment }
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
  case centred
  case standard

  /// - Parameters:
  ///   - width: numbers of the embedding.
  ///   - source: what the embeddings of the backbone's own pictures look like, where that is known.
  func treatment(_ width: Int, _ source: SourceStatistics?) throws -> EmbeddingTreatment {
    switch self {
    case .l2: return .l2(width)
    case .root: return .squareRoot(width)
    case .centred, .standard:
      guard let source, source.mean.count == width else {
        throw Failure(
          .failed,
          "--treatment \(rawValue) needs the mean of the backbone's own pictures, which only its classifier's head knows, and "
            + "none lies beside it: take root")
      }
      return self == .centred ? .centred(source) : .standardised(source)
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

public import ArgumentParser
public import LinnetHead

/// How classes of unequal numbers of captures are balanced, and how a hidden layer is trained.
struct DescentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What is done when labels have unequal numbers of captures: offsets (learn from all alike, then raise the scores of small \
      labels by what held-out captures tell; the default of auto), weights (those of small labels count more; the default of the \
      others), oversample (repeat some), undersample (leave some out), or none.
      """,
      valueName: "way"))
  var balance: ClassBalance?

  @Option(
    help: ArgumentHelp(
      "The exponent of the focal loss, 0 to 100: above 0, captures that are recognised already count less (logistic, mlp).",
      valueName: "number"))
  var focal: Float?

  @Option(help: ArgumentHelp("The width of the hidden layer of mlp; 128 by default.", valueName: "units"))
  var hidden: Int?

  @Option(
    help: ArgumentHelp(
      "The share of hidden units that a training step leaves out, 0 to 0.9; 0.2 by default.",
      valueName: "share"))
  var dropout: Float?

  @Option(help: ArgumentHelp("The most times that mlp sees every capture; 200 by default.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("How mlp takes its steps: adam (the default), or sgd.", valueName: "name"))
  var optimiser: Optimiser?

  @Option(
    help: ArgumentHelp(
      "The length of a step of mlp; 0.001 by default, 0.01 with sgd, a third with --from.",
      valueName: "number"))
  var rate: Float?

  @Option(
    help: ArgumentHelp("What is drawn by lot is drawn from this number; 0 by default.", valueName: "number"))
  var lot: UInt64?

  func validate() throws {
    var recipe = HeadRecipe(.mlp)
    apply(to: &recipe)
    guard 0...100 ~= recipe.focal else { throw ValidationError("--focal must be 0 to 100.") }
    guard recipe.perceptron.isValid else {
      throw ValidationError(
        "--hidden must be 1 to 4096, --dropout 0 to 0.9, --epochs 1 to 100000 and --rate above 0, at most 10."
      )
    }
  }

  var isGiven: Bool {
    balance != nil || focal != nil || hidden != nil || dropout != nil || epochs != nil || optimiser != nil
      || rate != nil || lot != nil
  }

  /// What was given that the method does not know, in words.
  func lack(of method: HeadMethod) -> String? {
    if focal ?? 0 > 0, ![.logistic, .mlp, .auto].contains(method) {
      return "--focal goes with logistic and mlp"
    }
    let layers: [(String, Bool)] = [
      ("hidden", hidden != nil), ("dropout", dropout != nil), ("epochs", epochs != nil),
      ("optimiser", optimiser != nil), ("rate", rate != nil),
    ]
    guard method != .mlp, let given = layers.first(where: { $0.1 }) else { return nil }
    return "--\(given.0) goes with mlp"
  }

  /// Puts what was given into a recipe.
  func apply(to recipe: inout HeadRecipe) {
    if let balance { recipe.balance = balance }
    if let focal { recipe.focal = focal }
    if let hidden { recipe.perceptron.hidden = hidden }
    if let dropout { recipe.perceptron.dropout = dropout }
    if let epochs { recipe.perceptron.epochs = epochs }
    if let optimiser { recipe.perceptron.optimiser = optimiser }
    if let rate { recipe.perceptron.rate = rate }
    if let lot { recipe.seed = lot }
  }
}

extension ClassBalance: ExpressibleByArgument {}
extension Optimiser: ExpressibleByArgument {}

public import LinnetSafetensors

/// Why a head cannot be learned, read, written or used.
public enum HeadError: Error, Equatable {
  case noShots
  case emptyClass(String)
  case wrongDimension(expected: Int, actual: Int)
  /// An embedding with a number that is not finite.
  case notFinite(label: String)
  /// A shot's weight that is not a finite number above zero.
  case invalidWeight(label: String)
  case invalidLabel(String)
  case duplicateLabel(String)
  /// The class that is to be added is there already.
  case classExists(String)
  case unknownLabel(String)
  /// The shot that is to be taken away was never added.
  case unknownShot(label: String)
  case tooManyShots(label: String, limit: Int)
  /// Only prototype heads learn shot by shot.
  case notIncremental(method: String)
  /// The treatment does not fit the embeddings, or leaves them longer than one.
  case unsuitableTreatment(String)
  /// Heads that were not learned alike.
  case cannotMerge(String)
  /// A number of a recipe is out of its range.
  case invalidRecipe(String)
  /// The method cannot do without something that was not given.
  case missing(method: String, what: String)
  /// A metric is not to be had from so few pictures.
  case tooFewForPrior(count: Int)
  /// Classes cannot be learned from how they are described.
  case description(DescriptionProblem)
  /// The head belongs to another backbone than the one in use.
  case wrongBackbone(head: BackboneIdentity, inUse: BackboneIdentity)
  /// The file is not a container, or cannot be read.
  case container(SafetensorsError)
  /// A container, but not a head as `FORMAT.md` has it.
  case malformed(what: String, expected: String)
  case cannotWrite(SystemError)
}

extension HeadError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noShots: "there are no shots to learn from: add at least one"
    case .emptyClass(let label): "the class \"\(label)\" has no shots: add one or leave the class out"
    case .wrongDimension(let expected, let actual):
      "an embedding has \(actual) numbers where \(expected) are expected: it comes from another backbone"
    case .notFinite(let label): "an embedding of \"\(label)\" holds a number that is not finite"
    case .invalidWeight(let label): "the weight of a shot of \"\(label)\" is not a number above zero"
    case .invalidLabel(let label):
      label.isEmpty
        ? "a label is empty: give it a name"
        : "the label \"\(label.prefix(40))…\" is longer than \(Shots.labelLimit) bytes: shorten it"
    case .duplicateLabel(let label): "the label \"\(label)\" is there twice"
    case .classExists(let label):
      "the head that new classes are put beside knows \"\(label)\" already: give the new one another name"
    case .unknownLabel(let label): "no class is named \"\(label)\""
    case .unknownShot(let label): "that shot of \"\(label)\" is not in the head"
    case .tooManyShots(let label, let limit):
      "the class \"\(label)\" has more than \(limit) shots: learn it from fewer"
    case .notIncremental(let method):
      "a \(method) head cannot take single shots: train it again with all of them"
    case .unsuitableTreatment(let why): "the treatment of the embeddings cannot be used: \(why)"
    case .cannotMerge(let why): "the heads cannot be merged: \(why)"
    case .invalidRecipe(let what): "the head cannot be learned like that: \(what)"
    case .missing(let method, let what): "\(method) needs \(what)"
    case .tooFewForPrior(let count):
      "a metric needs at least \(MetricPrior.leastCount) pictures of different things, and there are \(count)"
    case .description(let problem): problem.description
    case .wrongBackbone(let head, let inUse):
      "the head belongs to the backbone \(head.name) (\(head.digest)), not to \(inUse.name) (\(inUse.digest)) "
        + "that is in use: train it again or use its backbone"
    case .container(let error): "the file cannot be read: \(error)"
    case .malformed(let what, let expected): "the head file is wrong at \(what): expected \(expected)"
    case .cannotWrite(let error): error.description
    }
  }
}

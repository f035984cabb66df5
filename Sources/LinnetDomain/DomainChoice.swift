internal import LinnetAlgebra
public import LinnetHead

/// Which method suits, by the frames alone, and what that rests on.
public struct DomainChoice: Sendable {
  /// `none` where adapting would not help, or could hurt.
  public var method: DomainMethod
  /// The head by that method.
  public var head: Head
  public var shift: DomainShift
  /// How much the frames' most similar frames tell of their labels, as a share of what could be told: by the head as it is
  /// with each class's scores moved to the same mean, and with equal, and with about equal parts of the frames a class. `nil`
  /// where it was not asked.
  public var structure: Structure?
  /// What speaks for the labels that would be given and against them; `nil` where it was not asked.
  public var evidence: DomainEvidence?
  /// The share of frames whose label is another than by the head as it is.
  public var changed: Double
  /// One sentence.
  public var reason: String

  public struct Structure: Hashable, Sendable {
    public var plain: Double
    public var balanced: Double
    public var relaxed: Double
  }
}

extension DomainAdapter {
  /// One method, whether the frames speak for it or not; its head, and how far the frames lie.
  public func forced(_ method: DomainMethod) throws(DomainError) -> DomainChoice {
    let head = try adapt(by: method)
    let answers = [plain, head].map { $0.decide(rows: frames.embeddings, top: 1).map { $0.ranked[0].index } }
    return DomainChoice(
      method: method, head: head, shift: shift(domains), structure: nil,
      evidence: nil, changed: Double(zip(answers[0], answers[1]).count { $0 != $1 }) / Double(frames.count),
      reason: method == .none ? "nothing else was asked for" : "it was asked for")
  }

  private func shift(_ domains: Domains) -> DomainShift {
    DomainShift(
      source: domains.source.normalised(), classOf: domains.classOf, target: domains.target.normalised(),
      probabilities: plainProbabilities)
  }

  /// Equal parts count as confirmed by the frames from this structure on.
  private static let confirmed = 0.85
  /// By how much they must then surpass about equal parts.
  private static let margin = 0.05

  /// Chooses by the frames alone: nothing where they are no other world than the shots; classes in equal parts where the
  /// frames' own neighbourhoods confirm that they are there in equal parts; else about equal parts joined with the head as
  /// it is; and nothing again where the evidence does not speak clearly for that (negative transfer).
  public func choose() throws(DomainError) -> DomainChoice {
    let domains = domains
    let shift = shift(domains)
    let classCount = domains.classCount
    var choice = DomainChoice(
      method: .none, head: plain, shift: shift, structure: nil, evidence: nil, changed: 0, reason: "")
    if let reason = tooFew(classCount, shift) {
      choice.reason = reason
      return choice
    }
    let near = neighbourhood(domains)
    let scores = plainMatrix
    let plainLabels = Assignment.labels(scores)
    let centred = Assignment.labels(Assignment.standardised(scores))
    let balanced = Assignment.labels(self.balanced(domains))
    let relaxed = Assignment.labels(self.relaxed(domains, near))
    let structure = DomainChoice.Structure(
      plain: near.structure(centred, classCount: classCount),
      balanced: near.structure(balanced, classCount: classCount),
      relaxed: near.structure(relaxed, classCount: classCount))
    let isBalanced =
      structure.balanced >= DomainAdapter.confirmed
      && structure.balanced >= structure.relaxed + DomainAdapter.margin
    let (method, labels) = isBalanced ? (DomainMethod.balanced, balanced) : (.relaxed, relaxed)
    let evidence = evidence(for: labels, plain: plainLabels, centred: centred, domains)
    choice.structure = structure
    choice.evidence = evidence
    if let objection = objection(evidence, centred) {
      choice.reason = "the frames are of another world, but " + objection
      return choice
    }
    choice.method = method
    choice.head = try adapt(by: method)
    choice.changed = Double(zip(labels, plainLabels).count { $0 != $1 }) / Double(labels.count)
    choice.reason =
      isBalanced
      ? "the frames are of another world, and fall into classes of about equal size"
      : "the frames are of another world, and their classes need not be equally frequent"
    return choice
  }

  /// Why the frames say nothing.
  private func tooFew(_ classCount: Int, _ shift: DomainShift) -> String? {
    let count = frames.count
    guard count >= DomainAdapter.fewestFrames else {
      return "\(count) frame\(count == 1 ? "" : "s") cannot show what their world looks like; "
        + "at least \(DomainAdapter.fewestFrames) are needed"
    }
    guard shift.isClear else { return "the frames look like the shots: there is nothing to adapt to" }
    let needed = max(DomainEvidence.leastFrames, DomainEvidence.framesPerClass * classCount)
    guard count >= needed else {
      return needed > DomainAdapter.sampleLimit
        ? "\(classCount) classes are too many to be found among frames without labels"
        : "the frames are of another world, but \(count) are too few to find \(classCount) classes among "
          + "them: give at least \(needed)"
    }
    return nil
  }

  /// What in the evidence speaks against a method.
  private func objection(_ evidence: DomainEvidence, _ centred: [Int]) -> String? {
    guard evidence.evenness >= DomainEvidence.leastEvenness else {
      return "hardly any look like \(rarest(centred)): other classes would be pushed into what is not there; "
        + "give frames of every class"
    }
    guard evidence.anchorsNames(ofClasses: shots.classes.count) else {
      return "the head as it is knows them no better than chance: which of them is what cannot be told "
        + "without labels"
    }
    guard evidence.explained.after >= evidence.explained.before else {
      return "adapting would tear apart frames that are alike: it would hurt"
    }
    // The standard error of a share of so many shots is at most this.
    let tolerance = 0.5 / Double(shots.count).squareRoot()
    guard evidence.reverse.after >= evidence.reverse.before - tolerance,
      evidence.fit >= DomainEvidence.leastFit
    else {
      return "a head learned from them with their new labels would not know the captures well enough: the "
        + "labels are not to be trusted; give frames of every class"
    }
    guard evidence.divergence >= DomainEvidence.leastDivergence else {
      return
        "adapting would change little and could hurt: the head as it is names the classes as often already"
    }
    guard evidence.clarity >= DomainEvidence.leastClarity else {
      return "they do not fall into classes clearly enough: adapting could hurt; give more frames, as many "
        + "of each class"
    }
    return nil
  }

  /// The names of up to three classes that the fewest frames look like, each at most half as many as if all were equal.
  private func rarest(_ labels: [Int]) -> String {
    let names = shots.classes
    let shares = shares(labels, names.count)
    let rare = names.indices.sorted { (shares[$0], $0) < (shares[$1], $1) }
      .filter { 2 * shares[$0] * Double(names.count) <= 1 }.prefix(3).map { "“\(names[$0])”" }
    guard let last = rare.last else { return "some classes" }
    return rare.count == 1 ? last : rare.dropLast().joined(separator: ", ") + " or " + last
  }

  /// Probabilities of the head as it is, at its temperature, class × frame.
  private var plainProbabilities: Matrix {
    var sharp = plainMatrix
    sharp.scale(1 / plain.temperature)
    return Assignment.softmax(sharp, offsets: [Float](repeating: 0, count: shots.classes.count))
  }
}

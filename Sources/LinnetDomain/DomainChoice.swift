internal import LinnetAlgebra
public import LinnetHead

/// Which method suits, by the frames alone, and what that rests on.
public struct DomainChoice: Sendable {
  /// `none` where adapting would not help, or could hurt.
  public var method: DomainMethod
  /// The head by that method.
  public var head: Head
  public var shift: DomainShift
  /// How much the frames' most similar frames tell of their labels, as a share of what could be told: by the head as it is,
  /// and with equal, and with about equal parts of the frames a class. `nil` where it was not asked.
  public var structure: Structure?
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
      changed: Double(zip(answers[0], answers[1]).count { $0 != $1 }) / Double(frames.count),
      reason: method == .none ? "nothing else was asked for" : "it was asked for")
  }

  private func shift(_ domains: Domains) -> DomainShift {
    DomainShift(
      source: domains.source.normalised(), classOf: domains.classOf, target: domains.target.normalised(),
      probabilities: plainProbabilities)
  }

  /// Equal parts count as confirmed by the frames from this structure on.
  private static let confirmed = 0.7
  /// By how much they must then surpass about equal parts.
  private static let margin = 0.05

  /// Chooses by the frames alone: nothing where they are no other world than the shots; classes in equal parts where the
  /// frames' own neighbourhoods confirm that they are there in equal parts; else about equal parts joined with the head as
  /// it is; and nothing again where that agrees less with the neighbourhoods than the head as it is (negative transfer).
  public func choose() throws(DomainError) -> DomainChoice {
    let domains = domains
    let shift = shift(domains)
    func keep(_ reason: String, _ structure: DomainChoice.Structure? = nil) -> DomainChoice {
      DomainChoice(
        method: .none, head: plain, shift: shift, structure: structure, changed: 0, reason: reason)
    }
    guard frames.count >= DomainAdapter.fewestFrames else {
      return keep(
        "\(frames.count) frame\(frames.count == 1 ? "" : "s") cannot show what their world looks like; "
          + "at least \(DomainAdapter.fewestFrames) are needed")
    }
    guard shift.isClear else {
      return keep("the frames look like the shots: there is nothing to adapt to")
    }
    let near = neighbourhood(domains)
    let classCount = domains.classCount
    let plainLabels = Assignment.labels(plainScores)
    let balanced = Assignment.labels(self.balanced(domains))
    let relaxed = Assignment.labels(self.relaxed(domains))
    let structure = DomainChoice.Structure(
      plain: plainStructure(domains),
      balanced: near.structure(balanced, classCount: classCount),
      relaxed: near.structure(relaxed, classCount: classCount))
    let isBalanced =
      structure.balanced >= DomainAdapter.confirmed
      && structure.balanced >= structure.relaxed + DomainAdapter.margin
    let (method, labels) = isBalanced ? (DomainMethod.balanced, balanced) : (.relaxed, relaxed)
    guard max(structure.relaxed, isBalanced ? structure.balanced : 0) > structure.plain else {
      return keep(
        "the frames are of another world, but adapting would tear apart frames that are alike: it would hurt",
        structure)
    }
    let changed = Double(zip(labels, plainLabels).count { $0 != $1 }) / Double(labels.count)
    let reason =
      isBalanced
      ? "the frames are of another world, and fall into classes of about equal size"
      : "the frames are of another world, and their classes need not be equally frequent"
    return DomainChoice(
      method: method, head: try adapt(by: method), shift: shift, structure: structure, changed: changed,
      reason: reason)
  }

  /// Probabilities of the head as it is, at its temperature, class × frame.
  private var plainProbabilities: Matrix {
    let scores = Matrix(
      rows: frames.count, columns: shots.classes.count, dense: plain.scores(of: frames.embeddings))
    var sharp = scores.transposed
    sharp.scale(1 / plain.temperature)
    return Assignment.softmax(sharp, offsets: [Float](repeating: 0, count: shots.classes.count))
  }
}

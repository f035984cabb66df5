internal import LinnetAlgebra
public import LinnetHead
public import LinnetPipeline

/// What heads say of captures that they were learned without.
///
/// Every capture is held out once, together with those of its group. Up to ``leaveOneOutLimit`` of such units each is held
/// out by itself; of more, twenty parts are held out, ten of many, with an equal share of every class in each.
public struct HeldOutAnswers: Sendable {
  /// A probability a class; `nil` where no other capture of the class was left to learn from.
  public let probabilities: [[Float]?]
  /// The parts that were held out, one after the other.
  public let parts: Int

  public static let leaveOneOutLimit = 40

  public init(
    of captures: LabelledCaptures, method: HeadMethod, threads: Int,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(PipelineError) {
    let partOf = Self.parts(of: captures)
    let parts = (partOf.max() ?? 0) + 1
    self.parts = parts
    var probabilities = [[Float]?](repeating: nil, count: captures.count)
    var failure: PipelineError?
    inParallel(
      count: parts, threads: threads, state: {},
      work: { _, part in Self.answers(to: part, partOf, captures, method) },
      deliver: { part, result in
        switch result {
        case .success(let answers): for (place, answer) in answers { probabilities[place] = answer }
        case .failure(let error): failure = failure ?? error
        }
        progress(part + 1, parts)
      })
    if let failure { throw failure }
    self.probabilities = probabilities
  }

  /// Which part each capture is in.
  static func parts(of captures: LabelledCaptures) -> [Int] {
    var units: [[Int]] = []
    var unitOf: [String: Int] = [:]
    for place in captures.names.indices.sorted(by: { (captures.classOf[$0], $0) < (captures.classOf[$1], $1) }
    ) {
      if let group = captures.groups[place] {
        if let unit = unitOf[group] {
          units[unit].append(place)
          continue
        }
        unitOf[group] = units.count
      }
      units.append([place])
    }
    let parts = units.count <= leaveOneOutLimit ? units.count : captures.count > 600 ? 10 : 20
    var result = [Int](repeating: 0, count: captures.count)
    for (number, unit) in units.enumerated() { for place in unit { result[place] = number % parts } }
    return result
  }

  private static func answers(
    to part: Int, _ partOf: [Int], _ captures: LabelledCaptures, _ method: HeadMethod
  ) -> Result<[(Int, [Float])], PipelineError> {
    let learned = captures.names.indices.filter { partOf[$0] != part }
    let asked = captures.names.indices.filter { partOf[$0] == part }
    let present = Set(learned.map { captures.classOf[$0] }).sorted()
    let answerable = asked.filter { present.contains(captures.classOf[$0]) }
    guard !answerable.isEmpty else { return .success([]) }
    do throws(HeadError) {
      var shots = try Shots(
        dimension: captures.embeddings[0].count, classes: present.map { captures.classes[$0] })
      for place in learned {
        let label = present.firstIndex(of: captures.classOf[place])!
        try shots.append(captures.embeddings[place], class: label, group: captures.groups[place])
      }
      let head = try Head.train(method, shots: shots, backbone: captures.backbone)
      let decisions = head.decide(rows: answerable.flatMap { captures.embeddings[$0] })
      return .success(
        zip(answerable, decisions).map { place, decision in
          var probabilities = [Float](repeating: 0, count: captures.classes.count)
          for ranked in decision.ranked { probabilities[present[ranked.index]] = ranked.confidence }
          return (place, probabilities)
        })
    } catch {
      return .failure(.head(error))
    }
  }
}

extension HeldOutAnswers {
  /// The likeliest class of every capture; `nil` where none was learned of its own.
  public var answers: [Int?] {
    probabilities.map { $0.map { row in row.indices.max { (row[$0], $1) < (row[$1], $0) }! } }
  }

  /// `confusion[truth][answer]`.
  public func confusion(_ captures: LabelledCaptures) -> [[Int]] {
    let count = captures.classes.count
    var result = Array(repeating: Array(repeating: 0, count: count), count: count)
    for (truth, answer) in zip(captures.classOf, answers) { if let answer { result[truth][answer] += 1 } }
    return result
  }

  /// The share of each class that is answered rightly; `nil` where none could be asked.
  public func recall(_ captures: LabelledCaptures) -> [Double?] {
    confusion(captures).enumerated().map { label, row in
      let all = row.reduce(0, +)
      return all > 0 ? Double(row[label]) / Double(all) : nil
    }
  }
}

internal import LinnetAlgebra
public import LinnetHead

/// Labelled captures as a backbone sees them: what the doctor examines, a projection draws and a choice is made on.
public struct LabelledCaptures: Sendable {
  /// For people: paths.
  public var names: [String]
  public var classes: [String]
  /// The class of every capture, a place in ``classes``.
  public var classOf: [Int]
  /// What every capture shares with others that show the same thing; `nil` where nothing is known.
  public var groups: [String?]
  /// All of one length, finite.
  public var embeddings: [[Float]]
  public var backbone: BackboneIdentity

  /// - Precondition: as many names, classes, groups and embeddings as captures, and at least one.
  public init(
    names: [String], classes: [String], classOf: [Int], groups: [String?], embeddings: [[Float]],
    backbone: BackboneIdentity
  ) {
    precondition(
      !names.isEmpty && classOf.count == names.count && groups.count == names.count
        && embeddings.count == names.count, "a class, a group and an embedding a capture")
    (self.names, self.classes, self.classOf, self.groups) = (names, classes, classOf, groups)
    (self.embeddings, self.backbone) = (embeddings, backbone)
  }

  public var count: Int { names.count }

  /// Captures of every class.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for place in classOf { counts[place] += 1 }
    return counts
  }

  /// The embeddings, without what taps add, divided by their lengths, a row each; zero where the length is.
  var directions: Matrix {
    let whole = embeddings[0].count
    let dimension = min(backbone.blocks.first ?? whole, whole)
    var result = Matrix(rows: count, columns: dimension)
    for (row, embedding) in embeddings.enumerated() {
      var squares = 0.0
      for value in embedding[..<dimension] { squares += Double(value) * Double(value) }
      let factor = squares > 0 ? Float(1 / squares.squareRoot()) : 0
      guard factor.isFinite else { continue }
      for place in 0..<dimension { result[row, place] = embedding[place] * factor }
    }
    return result
  }
}

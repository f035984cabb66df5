/// Labelled embeddings to learn from.
public struct Shots: Sendable {
  /// The longest label, in bytes of UTF-8.
  public static let labelLimit = 1024

  /// Numbers an embedding.
  public let dimension: Int
  /// Unique names; a shot's class is a place in it.
  public private(set) var classes: [String] = []
  /// `count · dimension` numbers, a row a shot, finite.
  public private(set) var embeddings: [Float] = []
  /// The class of every row.
  public private(set) var classOf: [Int] = []
  /// What every shot shares with others that are hardly different – the same object, the same minute – and that must not
  /// be held out from each other; `nil` where nothing is known.
  public private(set) var groups: [String?] = []
  /// How much every shot counts, finite and above zero; `nil`: all the same.
  public private(set) var weights: [Float]?
  /// Embeddings of pictures that show none of the classes, a row each, finite.
  public private(set) var background: [Float] = []

  private var places: [String: Int] = [:]

  public init(dimension: Int) {
    precondition(dimension >= 1, "an embedding has at least one number")
    self.dimension = dimension
  }

  /// With these classes, in this order, and no shots yet.
  public init(dimension: Int, classes: [String]) throws(HeadError) {
    self.init(dimension: dimension)
    for name in classes {
      guard places[name] == nil else { throw .duplicateLabel(name) }
      _ = try place(of: name)
    }
  }

  public var count: Int { classOf.count }

  /// Rows of ``background``.
  public var backgroundCount: Int { background.count / dimension }

  /// Shots of every class.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for place in classOf { counts[place] += 1 }
    return counts
  }

  /// Makes room for so many shots.
  mutating func reserve(_ count: Int) {
    embeddings.reserveCapacity(count * dimension)
    classOf.reserveCapacity(count)
    groups.reserveCapacity(count)
  }

  /// Adds one shot; a label that is new becomes the last class.
  public mutating func append(
    _ embedding: [Float], label: String, group: String? = nil, weight: Float = 1
  ) throws(HeadError) {
    try check(embedding, label)
    try append(embedding, try place(of: label), group, weight)
  }

  /// Adds one shot of the class at `place` of ``classes``.
  public mutating func append(
    _ embedding: [Float], class place: Int, group: String? = nil, weight: Float = 1
  ) throws(HeadError) {
    try check(embedding, classes[place])
    try append(embedding, place, group, weight)
  }

  /// Adds the embedding of a picture that shows none of the classes.
  public mutating func appendBackground(_ embedding: [Float]) throws(HeadError) {
    try check(embedding, "background")
    background += embedding
  }

  private mutating func append(
    _ embedding: [Float], _ place: Int, _ group: String?, _ weight: Float
  ) throws(HeadError) {
    guard weight.isFinite, weight > 0 else { throw .invalidWeight(label: classes[place]) }
    if weight != 1, weights == nil { weights = [Float](repeating: 1, count: count) }
    weights?.append(weight)
    embeddings += embedding
    classOf.append(place)
    groups.append(group)
  }

  private func check(_ embedding: [Float], _ label: String) throws(HeadError) {
    guard embedding.count == dimension else {
      throw .wrongDimension(expected: dimension, actual: embedding.count)
    }
    guard embedding.allSatisfy({ $0.isFinite }) else { throw .notFinite(label: label) }
  }

  private mutating func place(of label: String) throws(HeadError) -> Int {
    if let place = places[label] { return place }
    guard Shots.isValid(label: label) else { throw .invalidLabel(label) }
    places[label] = classes.count
    classes.append(label)
    return classes.count - 1
  }

  /// Any Unicode, not empty, at most ``labelLimit`` bytes.
  static func isValid(label: String) -> Bool { !label.isEmpty && label.utf8.count <= labelLimit }
}

/// Classes described by numbers instead of by pictures: attributes (has wheels: 1, edible: 0, length: 0.3, not known), or a
/// vector a class, such as the vector of its name in a language model.
public struct ClassDescriptions: Hashable, Sendable {
  /// More columns are refused.
  public static let columnLimit = 16384

  /// Unique names.
  public let classes: [String]
  /// What the columns mean, for people; vectors have numbers for names.
  public let columns: [String]
  /// A row a class, a value a column; `nil` where it is not known.
  public let values: [[Float?]]

  private let places: [String: Int]

  public init(classes: [String], columns: [String], values: [[Float?]]) throws(HeadError) {
    precondition(classes.count == values.count, "a row a class")
    guard !columns.isEmpty, columns.count <= Self.columnLimit else {
      throw .description(.badWidth(columns: columns.count))
    }
    var places: [String: Int] = [:]
    for (place, name) in classes.enumerated() {
      guard Shots.isValid(label: name) else { throw .invalidLabel(name) }
      guard places.updateValue(place, forKey: name) == nil else { throw .duplicateLabel(name) }
      guard values[place].count == columns.count else {
        throw .description(.length(label: name, has: values[place].count, expected: columns.count))
      }
      guard values[place].allSatisfy({ $0?.isFinite ?? true }) else { throw .notFinite(label: name) }
    }
    self.classes = classes
    self.columns = columns
    self.values = values
    self.places = places
  }

  /// Whether there is a row of that name.
  public func describes(_ name: String) -> Bool { places[name] != nil }

  /// The rows of these classes.
  func rows(of names: [String]) throws(HeadError) -> [[Float?]] {
    var rows: [[Float?]] = []
    for name in names {
      guard let place = places[name] else { throw .description(.notDescribed(label: name)) }
      rows.append(values[place])
    }
    return rows
  }

  /// Columns that say the same of all these classes, so that nothing is learned from them.
  public func constantColumns(among names: [String]) throws(HeadError) -> [String] {
    let rows = try rows(of: names)
    return columns.indices.filter { column in
      let known = rows.compactMap { $0[column] }
      return known.allSatisfy { $0 == known[0] }
    }.map { columns[$0] }
  }

  /// Pairs of these classes that no column tells apart: the first of a pair gets the pictures of both.
  public func twins(among names: [String]) throws(HeadError) -> [(String, String)] {
    let rows = try rows(of: names)
    var firsts: [[Float?]: Int] = [:]
    var twins: [(String, String)] = []
    for (place, row) in rows.enumerated() {
      if let first = firsts[row] {
        twins.append((names[first], names[place]))
      } else {
        firsts[row] = place
      }
    }
    return twins
  }
}

/// What is wrong with the description of classes.
public enum DescriptionProblem: Hashable, Sendable {
  case badWidth(columns: Int)
  /// The row of `label` has another length than the others.
  case length(label: String, has: Int, expected: Int)
  case notDescribed(label: String)
  /// No class of whose pictures something could be learned is described.
  case tooFewSeen(count: Int)
  case nothingUnseen
  /// It is both to be learned from pictures and to be made without.
  case seenAndUnseen(label: String)
  /// Every column says the same of all seen classes.
  case constant
}

extension DescriptionProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badWidth(let columns):
      "a description has \(columns) columns besides the name: 1 to \(ClassDescriptions.columnLimit) are possible"
    case .length(let label, let has, let expected):
      "the description of \"\(label)\" has \(has) numbers where the others have \(expected)"
    case .notDescribed(let label): "the class \"\(label)\" is not described: add a row for it"
    case .tooFewSeen(let count):
      "what the descriptions mean is learned from classes with pictures, and \(count == 0 ? "none" : "only \(count)") "
        + "of them is described: describe at least two"
    case .nothingUnseen: "no class is left without pictures: describe one more, or name it"
    case .seenAndUnseen(let label):
      "the class \"\(label)\" is unseen and yet has pictures: leave out one of the two"
    case .constant:
      "the descriptions say the same of all classes with pictures: nothing can be learned from them"
    }
  }
}

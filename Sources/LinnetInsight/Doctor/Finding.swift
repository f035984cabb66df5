/// Something about captures that is worth doing something about.
public struct Finding: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A file that cannot be read as a picture.
    case unreadable
    /// Captures of several labels that are hardly different.
    case conflict
    /// A capture that looks like another class.
    case mislabelled
    case dark
    case blurred
    /// A picture on which nothing can be seen.
    case blank
    /// Captures of one label that are hardly different.
    case duplicate
    /// Two classes that are taken for each other.
    case confused
    /// A class with few captures.
    case few
    /// A class whose captures show one view.
    case uniform
    /// Classes with few captures that suffer from those with many.
    case imbalance
  }

  public var kind: Kind
  /// Places among the captures.
  public var captures: [Int]
  /// Places among the classes.
  public var classes: [Int]
  /// What was found, a sentence.
  public var note: String
  /// What to do, a sentence that serves several findings of a kind as well.
  public var advice: String

  public init(_ kind: Kind, captures: [Int] = [], classes: [Int] = [], note: String, advice: String) {
    (self.kind, self.captures, self.classes) = (kind, captures, classes)
    (self.note, self.advice) = (note, advice)
  }
}

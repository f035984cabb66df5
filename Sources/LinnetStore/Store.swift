internal import CLinux

/// A folder with labelled captures and heads. Pictures in folders are the truth; see STORE.md.
///
/// Any number of processes may use one store. Reading waits for a change that is under way, and finishes
/// one that a killed process left behind.
public struct Store: Sendable {
  /// The set, and the head, that is meant when no name is given.
  public static let defaultSet = "default"

  /// The store's folder; it and what is in it is made by the first change.
  public let root: String

  public init(at root: String) { self.root = root }

  /// Where embeddings are cached.
  public var cacheFolder: String { absolute(StoreLayout.cache) }

  /// The captures of `set`, ordered by label, then by file name (that is: by time).
  public func captures(of set: String = defaultSet) throws(StoreError) -> [Capture] {
    try reading { () throws(StoreError) in try listCaptures(of: set).filter { !$0.isBackground } }
  }

  /// The pictures of `set` that show none of its labels, ordered by file name.
  public func background(of set: String = defaultSet) throws(StoreError) -> [Capture] {
    try reading { () throws(StoreError) in try listCaptures(of: set).filter(\.isBackground) }
  }

  /// Names of the sets that have captures or a head, ordered, the default set first.
  public func sets() throws(StoreError) -> [String] {
    try reading { () throws(StoreError) in
      var names = Swift.Set(try listHeads())
      let folders = [
        try StoreLayout.captures(of: Self.defaultSet), try StoreLayout.background(of: Self.defaultSet),
      ]
      if folders.contains(where: { File.isFolder(absolute($0)) }) { names.insert(Self.defaultSet) }
      for name in try children(StoreLayout.sets, folders: true) {
        names.insert(LabelName.label(ofFolder: name))
      }
      let others = names.filter { $0 != Self.defaultSet }.sorted()
      return (names.contains(Self.defaultSet) ? [Self.defaultSet] : []) + others
    }
  }

  /// Names of the heads, ordered.
  public func heads() throws(StoreError) -> [String] {
    try reading { () throws(StoreError) in try listHeads() }
  }

  /// The head file of `set`, or `nil` when the set has none.
  public func headPath(of set: String = defaultSet) throws(StoreError) -> String? {
    let path = absolute(try StoreLayout.head(of: set))
    return try reading { () throws(StoreError) in File.exists(path) ? path : nil }
  }

  /// The last change, which ``StoreChange/undo(in:)`` would take back: what was done, and when.
  public func lastChange() throws(StoreError) -> (kind: ChangeKind, summary: String, time: String)? {
    try reading { () throws(StoreError) in
      guard let record = try record(StoreLayout.last) else { return nil }
      return (record.kind, record.summary, record.time)
    }
  }

  /// Begins a change; the store is locked until it is committed or dropped.
  public func beginChange() throws(StoreError) -> StoreChange { try StoreChange.begin(self) }

  // MARK: For the module

  func absolute(_ path: String) -> String { root + "/" + path }

  func record(_ path: String) throws(StoreError) -> ChangeRecord? {
    do throws(StoreError) {
      return try ChangeRecord.decode(try File.read(absolute(path)), path: absolute(path))
    } catch {
      if case .missing = error { return nil }
      throw error
    }
  }

  /// All pictures of the set, the background last.
  func listCaptures(of set: String) throws(StoreError) -> [Capture] {
    let folder = try StoreLayout.captures(of: set)
    var result: [Capture] = []
    for name in try children(folder, folders: true) {
      let label = LabelName.label(ofFolder: name)
      for file in try children(folder + "/" + name, folders: false) where StoreLayout.isPicture(file) {
        let home = folder + "/" + name + "/" + file
        result.append(Capture(label: label, path: absolute(home), home: home))
      }
    }
    let background = try StoreLayout.background(of: set)
    for file in try children(background, folders: false) where StoreLayout.isPicture(file) {
      let home = background + "/" + file
      result.append(Capture(label: Capture.backgroundLabel, path: absolute(home), home: home))
    }
    return result
  }

  private func listHeads() throws(StoreError) -> [String] {
    let suffix = StoreLayout.headSuffix
    return try children(StoreLayout.heads, folders: false)
      .filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
      .map { LabelName.label(ofFolder: String($0.dropLast(suffix.count))) }
  }

  private func children(_ folder: String, folders: Bool) throws(StoreError) -> [String] {
    do throws(StoreError) {
      return try Folder.entries(absolute(folder)).filter { $0.isFolder == folders }.map(\.name)
    } catch {
      if case .missing = error { return [] }
      throw error
    }
  }

  private func reading<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
    guard File.isFolder(root) else { return try body() }
    while true {
      let lock = try StoreLock(absolute(StoreLayout.lock), .shared)
      if !File.exists(absolute(StoreLayout.pending)) {
        let result = try body()
        _ = consume lock
        return result
      }
      _ = consume lock
      try makingRoom { () throws(StoreError) in try Journal(of: self).recover() }
    }
  }
}

/// One labelled picture of a set, or one of its background.
public struct Capture: Hashable, Sendable {
  /// What stands for the label of pictures that show none of the labels; no label is empty.
  public static let backgroundLabel = ""

  public var label: String
  /// Where its bytes lie now.
  public var path: String
  /// Where they lie once the change under way is committed, relative to the store.
  var home: String

  public var isBackground: Bool { label == Self.backgroundLabel }
}

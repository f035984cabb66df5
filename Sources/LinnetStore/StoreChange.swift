internal import CLinux

/// A change of a store that is being put together: nothing of it happens before ``commit(_:_:)``, and all of it then.
///
/// The store is locked while this value lives. Dropping it uncommitted leaves the store as it was.
public struct StoreChange: ~Copyable {
  /// What became of a picture that was to be enrolled.
  public enum Enrolled: Equatable, Sendable {
    case added
    /// The set has this picture under this label already; nothing changes.
    case alreadyThere
    /// The set had it under `label` (``Capture/backgroundLabel`` for its background); it moves.
    case moved(from: String)
  }

  let store: Store
  private let lock: StoreLock
  /// Names the folder in `trash/` with what this change brings and takes away.
  let id: String
  var moves: [ChangeRecord.Move] = []
  private var sets: [String: [Capture]] = [:]
  private var enrolled: [String: [String: Int]] = [:]
  private var destinations: Set<String> = []
  private var staged = 0
  private var isCommitted = false

  /// Waits for the lock, and finishes what a killed process left behind.
  static func begin(_ store: Store) throws(StoreError) -> StoreChange {
    try Folder.make(store.root)
    let lock = try StoreLock(store.absolute(StoreLayout.lock), .exclusive)
    try store.makingRoom { () throws(StoreError) in try Journal(of: store).finishPending() }
    return StoreChange(store, lock)
  }

  private init(_ store: Store, _ lock: consuming StoreLock) {
    self.store = store
    self.lock = lock
    id = timestamp() + "-" + String(getpid()) + "-" + String(linnet_monotonic_nanoseconds(), radix: 36)
  }

  deinit { if !isCommitted { Folder.remove(store.absolute(trashFolder)) } }

  private var trashFolder: String { StoreLayout.trash + "/" + id }

  /// Whether nothing would change.
  public var isEmpty: Bool { moves.isEmpty }

  /// The captures of `set` as they will be, ordered by label; their paths are where the bytes lie now.
  public mutating func captures(of set: String = Store.defaultSet) throws(StoreError) -> [Capture] {
    try ordered(set).filter { !$0.isBackground }
  }

  /// The background pictures of `set` as they will be; their paths are where the bytes lie now.
  public mutating func background(of set: String = Store.defaultSet) throws(StoreError) -> [Capture] {
    try ordered(set).filter(\.isBackground)
  }

  private mutating func ordered(_ set: String) throws(StoreError) -> [Capture] {
    try load(set)
    return sets[set]!.sorted {
      let path = ($0.home.utf8, $1.home.utf8)
      return $0.label == $1.label
        ? path.0.lexicographicallyPrecedes(path.1)
        : $0.label.utf8.lexicographicallyPrecedes($1.label.utf8)
    }
  }

  /// Adds a picture, the bytes of a JPEG or PNG file, to the label `label` of `set`.
  /// - Parameter name: how messages call the picture.
  public mutating func enrol(
    _ picture: [UInt8], named name: String, as label: String, in set: String = Store.defaultSet
  ) throws(StoreError) -> Enrolled {
    if label == Capture.backgroundLabel { _ = try LabelName.folder(of: label) }
    return try put(picture, named: name, as: label, in: set)
  }

  private mutating func put(
    _ picture: [UInt8], named name: String, as label: String, in set: String
  ) throws(StoreError) -> Enrolled {
    guard let suffix = pictureSuffix(picture) else { throw .notAPicture(name: name) }
    try load(set)
    let folder = try folder(of: label, in: set)
    let digest = PictureDigest(of: picture).short
    if let place = enrolled[set]?[digest] {
      let before = sets[set]![place]
      if before.label == label { return .alreadyThere }
      let home = vacant(folder + "/" + Folder.name(of: before.home))
      relocate(place, in: set, to: home, label: label)
      return .moved(from: before.label)
    }
    let home = vacant(folder + "/" + timestamp() + "-" + digest + suffix)
    let from = try stage(picture)
    moves.append(.init(from: from, to: home))
    enrolled[set]![digest] = sets[set]!.count
    sets[set]!.append(Capture(label: label, path: store.absolute(from), home: home))
    return .added
  }

  /// Adds a picture that shows none of the labels of `set`.
  public mutating func enrolBackground(
    _ picture: [UInt8], named name: String, in set: String = Store.defaultSet
  ) throws(StoreError) -> Enrolled {
    try put(picture, named: name, as: Capture.backgroundLabel, in: set)
  }

  /// Takes every background picture out of `set`.
  public mutating func removeBackground(of set: String = Store.defaultSet) throws(StoreError) {
    try load(set)
    try takeAway(Capture.backgroundLabel, of: set)
  }

  /// Gives every capture of `label` in `set` the label `new`, which the set must not have yet, or,
  /// when `merging`, must have.
  public mutating func rename(
    _ label: String, to new: String, in set: String = Store.defaultSet, merging: Bool = false
  ) throws(StoreError) {
    try require(label, in: set)
    if label == new { throw .labelExists(label: new, set: set) }
    if new == Capture.backgroundLabel { _ = try LabelName.folder(of: new) }
    if merging {
      try require(new, in: set)
    } else if sets[set]!.contains(where: { $0.label == new }) {
      throw .labelExists(label: new, set: set)
    }
    let folder = try folder(of: new, in: set)
    for place in sets[set]!.indices where sets[set]![place].label == label {
      let home = vacant(folder + "/" + Folder.name(of: sets[set]![place].home))
      relocate(place, in: set, to: home, label: new)
    }
  }

  /// Takes every capture of `label` out of `set`.
  public mutating func remove(_ label: String, in set: String = Store.defaultSet) throws(StoreError) {
    try require(label, in: set)
    try takeAway(label, of: set)
  }

  /// Takes one picture, with whatever label, or of the background, out of `set`; false when it is not there.
  public mutating func remove(
    picture digest: PictureDigest, in set: String = Store.defaultSet
  ) throws(StoreError) -> Bool {
    try load(set)
    guard let place = enrolled[set]?[digest.short] else { return false }
    try takeAway(sets[set]![place].home)
    sets[set]!.remove(at: place)
    enrolled[set] = index(sets[set]!)
    return true
  }

  private mutating func takeAway(_ label: String, of set: String) throws(StoreError) {
    for capture in sets[set]! where capture.label == label { try takeAway(capture.home) }
    sets[set]!.removeAll { $0.label == label }
    enrolled[set] = index(sets[set]!)
  }

  /// Puts `head`, the bytes of a head file, in the place of the set's head, if it has one.
  public mutating func putHead(_ head: [UInt8], of set: String = Store.defaultSet) throws(StoreError) {
    let home = try StoreLayout.head(of: set)
    let from = try stage(head)
    if try headPath(of: set) != nil { try takeAway(home) }
    moves.append(.init(from: from, to: home))
  }

  /// The set's head file as it will be, where it lies now; `nil` when the set will have none.
  public func headPath(of set: String = Store.defaultSet) throws(StoreError) -> String? {
    let home = try StoreLayout.head(of: set)
    if let move = moves.first(where: { $0.to == home }) { return store.absolute(move.from) }
    let isTaken = moves.contains { $0.from == home }
    return File.exists(store.absolute(home)) && !isTaken ? store.absolute(home) : nil
  }

  /// Takes the set's head away; its captures stay.
  public mutating func removeHead(of set: String = Store.defaultSet) throws(StoreError) {
    guard try headPath(of: set) != nil else { throw .noSuchHead(name: set, known: try heads()) }
    try takeAway(try StoreLayout.head(of: set))
  }

  /// Takes every capture of `set` away.
  public mutating func removeCaptures(of set: String) throws(StoreError) {
    try load(set)
    for label in Swift.Set(sets[set]!.map(\.label)).sorted() { try takeAway(label, of: set) }
  }

  /// Turns this change, still empty, into the last one backwards; its summary is returned.
  public mutating func undo() throws(StoreError) -> String {
    guard let last = try store.record(StoreLayout.last), isEmpty else { throw .nothingToUndo }
    moves = last.inverse
    var present: Set<String> = []
    var gone: Set<String> = []
    for move in moves {
      let isThere =
        present.contains(move.from) || (!gone.contains(move.from) && File.exists(store.absolute(move.from)))
      let isTaken =
        present.contains(move.to) || (!gone.contains(move.to) && File.exists(store.absolute(move.to)))
      guard isThere else { throw .cannotUndo(path: store.absolute(move.from)) }
      guard !isTaken else { throw .cannotUndo(path: store.absolute(move.to)) }
      present.remove(move.from)
      present.insert(move.to)
      gone.remove(move.to)
      gone.insert(move.from)
    }
    return last.summary
  }

  /// Makes the change happen: when this returns it is on the disk, when it throws nothing has changed.
  public consuming func commit(_ kind: ChangeKind, _ summary: String) throws(StoreError) {
    guard !moves.isEmpty else { return }
    if staged > 0 { try Folder.synchronise(store.absolute(trashFolder)) }
    let record = ChangeRecord(id: id, kind: kind, summary: summary, time: timestamp(), moves: moves)
    let store = store
    do throws(StoreError) {
      try store.makingRoom { () throws(StoreError) in try Journal(of: store).commit(record) }
    } catch {
      throw named(error)
    }
    isCommitted = true
  }

  // MARK: Parts

  private mutating func load(_ set: String) throws(StoreError) {
    guard sets[set] == nil else { return }
    let captures = try store.listCaptures(of: set)
    sets[set] = captures
    enrolled[set] = index(captures)
  }

  /// Places of captures by the id in their file names.
  private func index(_ captures: [Capture]) -> [String: Int] {
    var result: [String: Int] = [:]
    for (place, capture) in captures.enumerated() {
      let name = Folder.name(of: capture.home)
      guard let dash = name.lastIndex(of: "-"), let dot = name.lastIndex(of: "."), dash < dot else {
        continue
      }
      result[String(name[name.index(after: dash)..<dot])] = place
    }
    return result
  }

  private mutating func require(_ label: String, in set: String) throws(StoreError) {
    try load(set)
    let known = Swift.Set(sets[set]!.filter { !$0.isBackground }.map(\.label))
    guard known.contains(label) else { throw .noSuchLabel(label: label, set: set, known: known.sorted()) }
  }

  /// The folder of `label`; one that stands for an equal label (composed otherwise) is used as it is.
  private func folder(of label: String, in set: String) throws(StoreError) -> String {
    if label == Capture.backgroundLabel { return try StoreLayout.background(of: set) }
    if let known = sets[set]!.first(where: { $0.label == label }) { return Folder.parent(of: known.home) }
    return try StoreLayout.captures(of: set) + "/" + LabelName.folder(of: label)
  }

  private mutating func relocate(_ place: Int, in set: String, to home: String, label: String) {
    move(sets[set]![place].home, to: home)
    sets[set]![place].home = home
    sets[set]![place].label = label
  }

  /// `home`, or with a number when a file has that name; nothing else will be put there.
  private mutating func vacant(_ home: String) -> String {
    let dot = home.lastIndex(of: ".")!
    var result = home
    var number = 1
    while destinations.contains(result) || File.exists(store.absolute(result)) {
      number += 1
      result = home[..<dot] + "_\(number)" + home[dot...]
    }
    destinations.insert(result)
    return result
  }

  private mutating func stage(_ bytes: [UInt8]) throws(StoreError) -> String {
    let path = trashFolder + "/new-\(staged + 1)"
    let (store, folder) = (store, trashFolder)
    do throws(StoreError) {
      try store.makingRoom { () throws(StoreError) in
        try Folder.make(store.absolute(folder))
        try File.create(store.absolute(path), bytes)
      }
    } catch {
      throw named(error)
    }
    staged += 1
    return path
  }

  /// A full disk is the store's, whichever file met it.
  private func named(_ error: StoreError) -> StoreError {
    if case .diskFull = error { .diskFull(path: store.root) } else { error }
  }

  private mutating func takeAway(_ home: String) throws(StoreError) {
    let (store, folder) = (store, trashFolder)
    try store.makingRoom { () throws(StoreError) in try Folder.make(store.absolute(folder)) }
    move(home, to: trashFolder + "/old-\(moves.count)")
  }

  /// Adds a rename; one of something that the change itself puts there becomes one rename with that, so that
  /// every destination still exists when all renames are done.
  private mutating func move(_ from: String, to: String) {
    if let place = moves.firstIndex(where: { $0.to == from }) {
      moves[place].to = to
    } else {
      moves.append(.init(from: from, to: to))
    }
  }

  private func heads() throws(StoreError) -> [String] {
    let path = store.absolute(StoreLayout.heads)
    guard File.isFolder(path) else { return [] }
    return try Folder.entries(path).map(\.name).filter { $0.hasSuffix(StoreLayout.headSuffix) }
      .map { LabelName.label(ofFolder: String($0.dropLast(StoreLayout.headSuffix.count))) }
  }
}

/// How the file of a picture is called, from how its bytes begin.
private func pictureSuffix(_ bytes: [UInt8]) -> String? {
  if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return ".jpg" }
  if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return ".png" }
  return nil
}

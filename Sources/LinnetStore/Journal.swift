internal import CLinux
internal import LinnetSafetensors

/// Makes changes happen wholly or not at all. The caller holds the exclusive lock, or ``recover()`` takes it.
struct Journal {
  let store: Store

  init(of store: Store) { self.store = store }

  /// Finishes a change that a killed process left behind, waiting for processes that are still at work.
  func recover() throws(StoreError) {
    let lock = try StoreLock(store.absolute(StoreLayout.lock), .exclusive)
    try finishPending()
    _ = consume lock
  }

  /// Finishes the pending change, if there is one.
  func finishPending() throws(StoreError) {
    guard let record = try store.record(StoreLayout.pending) else { return }
    try perform(record)
    try close(record)
  }

  /// Makes `record` happen. When this returns it is on the disk; when it throws, nothing has changed.
  func commit(_ record: ChangeRecord) throws(StoreError) {
    try Folder.make(store.absolute(StoreLayout.journal))
    for folder in destinations(of: record) { try Folder.make(store.absolute(folder)) }
    do {
      try writeAtomically(record.encoded(), to: store.absolute(StoreLayout.pending))
    } catch {
      unsafe unlink(store.absolute(StoreLayout.pending))
      throw StoreError(error)
    }
    do throws(StoreError) {
      try perform(record)
    } catch {
      takeBack(record)
      throw error
    }
    try close(record)
  }

  private func perform(_ record: ChangeRecord) throws(StoreError) {
    for folder in destinations(of: record) { try Folder.make(store.absolute(folder)) }
    for move in record.moves where !File.exists(store.absolute(move.to)) {
      try File.rename(store.absolute(move.from), to: store.absolute(move.to))
      // A head is moved away before another takes its place: that order must survive a power cut.
      if move.from.hasPrefix(StoreLayout.heads + "/") {
        try Folder.synchronise(store.absolute(Folder.parent(of: move.to)))
        try Folder.synchronise(store.absolute(Folder.parent(of: move.from)))
      }
    }
    for folder in destinations(of: record).union(origins(of: record))
    where File.isFolder(store.absolute(folder)) {
      try Folder.synchronise(store.absolute(folder))
    }
  }

  private func takeBack(_ record: ChangeRecord) {
    for move in record.inverse where !File.exists(store.absolute(move.to)) {
      guard (try? File.rename(store.absolute(move.from), to: store.absolute(move.to))) != nil else {
        if File.exists(store.absolute(move.from)) { return }
        continue
      }
    }
    unsafe unlink(store.absolute(StoreLayout.pending))
    try? Folder.synchronise(store.absolute(StoreLayout.journal))
  }

  private func close(_ record: ChangeRecord) throws(StoreError) {
    try File.rename(store.absolute(StoreLayout.pending), to: store.absolute(StoreLayout.last))
    try Folder.synchronise(store.absolute(StoreLayout.journal))
    for folder in origins(of: record) {
      // Labels and sets that have become empty; `rmdir` refuses the others.
      unsafe rmdir(store.absolute(folder))
    }
    for entry in (try? Folder.entries(store.absolute(StoreLayout.journal))) ?? []
    where entry.name.hasPrefix(temporaryFilePrefix) {
      unsafe unlink(store.absolute(StoreLayout.journal) + "/" + entry.name)
    }
    let kept = record.trashFolders
    for entry in (try? Folder.entries(store.absolute(StoreLayout.trash))) ?? []
    where !kept.contains(entry.name) {
      Folder.remove(store.absolute(StoreLayout.trash) + "/" + entry.name)
    }
  }

  private func destinations(of record: ChangeRecord) -> Set<String> {
    Set(record.moves.map { Folder.parent(of: $0.to) })
  }

  private func origins(of record: ChangeRecord) -> Set<String> {
    Set(record.moves.map { Folder.parent(of: $0.from) })
  }
}

extension StoreError {
  init(_ error: SystemError) {
    switch error.code {
    case ENOSPC, EDQUOT: self = .diskFull(path: error.path)
    case ENOENT: self = .missing(path: error.path)
    default: self = .refused(action: error.operation, path: error.path, code: error.code)
    }
  }
}

internal import CLinux

/// Room on a full disk: what is cached can be made again, captures cannot.
extension Store {
  /// What `body` gives. Where the disk is full for it, the cache is emptied, and `body` runs once more.
  ///
  /// - Parameter body: leaves nothing behind when it throws.
  func makingRoom<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
    do throws(StoreError) {
      return try body()
    } catch {
      guard case .diskFull = error, emptyCache() else { throw error }
      return try body()
    }
  }

  /// Gives the space of the cache back; false when it had none, or others write to it just now.
  ///
  /// The files stay, for a file that is open anywhere keeps its space when it is only removed.
  private func emptyCache() -> Bool {
    var isAnything = false
    for entry in (try? Folder.entries(cacheFolder)) ?? []
    where EmbeddingCache.isOwn(entry.name) && !entry.isFolder && !entry.isSpecial {
      let descriptor = unsafe linnet_open(cacheFolder + "/" + entry.name, O_RDWR | O_NOFOLLOW, 0)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      var status = stat()
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unsafe fstat(descriptor, &status) == 0,
        status.st_size > 0, ftruncate(descriptor, 0) == 0
      else { continue }
      isAnything = true
    }
    return isAnything
  }
}

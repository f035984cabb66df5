internal import LinnetStore

/// Where the store is: LINNET_STORE, `$XDG_DATA_HOME/linnet`, `~/.local/share/linnet`.
enum StorePlace {
  static func open(_ path: String?) throws -> Store {
    if let path { return Store(at: path) }
    if let path = environmentVariable("LINNET_STORE"), !path.isEmpty { return Store(at: path) }
    // The XDG specification has relative paths ignored.
    if let folder = environmentVariable("XDG_DATA_HOME"), folder.hasPrefix("/") {
      return Store(at: folder + "/linnet")
    }
    guard let home = environmentVariable("HOME"), !home.isEmpty else {
      throw Failure(.noInput, "there is no place for the store: give one with --store or LINNET_STORE")
    }
    return Store(at: home + "/.local/share/linnet")
  }
}

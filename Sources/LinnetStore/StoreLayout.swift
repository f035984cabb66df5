/// Where things lie in a store; paths relative to its root. STORE.md is the description.
enum StoreLayout {
  static let lock = "lock"
  static let trash = "trash"
  static let journal = "journal"
  static let pending = "journal/pending"
  static let last = "journal/last"
  static let cache = "cache"
  static let heads = "heads"
  static let sets = "sets"

  /// The folder of the captures of `set`.
  static func captures(of set: String) throws(StoreError) -> String {
    set == Store.defaultSet ? "captures" : sets + "/" + (try folder(of: set)) + "/captures"
  }

  /// The folder of the background pictures of `set`.
  static func background(of set: String) throws(StoreError) -> String {
    set == Store.defaultSet ? "background" : sets + "/" + (try folder(of: set)) + "/background"
  }

  /// The head file of `set`.
  static func head(of set: String) throws(StoreError) -> String {
    heads + "/" + (try folder(of: set)) + headSuffix
  }

  static let headSuffix = ".head"

  /// Whether a file of this name in a label's folder is a capture.
  static func isPicture(_ name: String) -> Bool {
    let lower = name.lowercased()
    return !name.hasPrefix(".")
      && (lower.hasSuffix(".jpg") || lower.hasSuffix(".jpeg") || lower.hasSuffix(".png"))
  }

  /// The name of a head or set as a folder name: as a label's, of at most 100 bytes.
  private static func folder(of name: String) throws(StoreError) -> String {
    do throws(StoreError) {
      let folder = try LabelName.folder(of: name)
      guard folder.utf8.count <= 100 else {
        throw .badName(name: String(name.prefix(24)) + "…", reason: "it is longer than 100 bytes")
      }
      return folder
    } catch {
      guard case .badLabel(let name, let reason) = error else { throw error }
      throw .badName(name: name, reason: reason)
    }
  }
}

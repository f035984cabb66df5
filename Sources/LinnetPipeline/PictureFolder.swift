internal import LinnetStore

/// A folder with a folder a class, and pictures in those.
///
/// A `manifest.csv` beside the class folders may have columns `file` (path from the folder) and `group`: pictures of
/// one group show the same thing (one photograph, one plant), and an evaluation keeps them on one side.
public struct PictureFolder: Sendable {
  /// One picture.
  public struct Item: Hashable, Sendable {
    /// From the folder: `mug/3.jpg`.
    public var name: String
    /// For reading it.
    public var path: String
    /// Place of its class in ``PictureFolder/classes``.
    public var label: Int
    public var group: String?
  }

  public let path: String
  /// Names of the class folders, ordered by their bytes.
  public let classes: [String]
  /// Ordered by class, then by path.
  public let items: [Item]

  /// Reads the folder at `path`; class folders without a picture are left out.
  public init(_ path: String) throws(PipelineError) {
    let path = withoutTrailingSlashes(path)
    self.path = path
    var classes: [String] = []
    var items: [Item] = []
    var groups: [String: String] = [:]
    do throws(StoreError) {
      for entry in try Folder.entries(path) where entry.isFolder && !entry.name.hasPrefix(".") {
        let pictures = try Folder.files(under: path + "/" + entry.name).filter(isPictureName)
        guard !pictures.isEmpty else { continue }
        for picture in pictures {
          let name = String(decoding: picture.utf8.dropFirst(path.utf8.count + 1), as: UTF8.self)
          items.append(Item(name: name, path: picture, label: classes.count))
        }
        classes.append(entry.name)
      }
    } catch {
      throw .store(error)
    }
    guard !classes.isEmpty else { throw .noClasses(folder: path) }
    let manifest = path + "/manifest.csv"
    if File.exists(manifest) { groups = try readGroups(manifest) }
    for place in items.indices { items[place].group = groups[items[place].name] }
    self.classes = classes
    self.items = items
  }
}

/// Paths of the pictures that `path` stands for: those in a folder and its folders, or the file itself.
public func pictures(at path: String) throws(PipelineError) -> [String] {
  guard File.isFolder(path) else { return [path] }
  let path = withoutTrailingSlashes(path)
  let files: [String]
  do throws(StoreError) { files = try Folder.files(under: path) } catch { throw .store(error) }
  let found = files.filter(isPictureName)
  guard !found.isEmpty else { throw .noPictures(folder: path) }
  return found
}

private func withoutTrailingSlashes(_ path: String) -> String {
  var path = path
  while path.utf8.count > 1 && path.hasSuffix("/") { path.removeLast() }
  return path
}

/// Whether a file of this name is taken for a picture when a folder is read.
func isPictureName(_ name: String) -> Bool {
  let lower = name.lowercased()
  return lower.hasSuffix(".jpg") || lower.hasSuffix(".jpeg") || lower.hasSuffix(".png")
}

internal import LinnetHead
internal import LinnetModel
internal import LinnetSafetensors
internal import LinnetStore

/// Where the head is that answers.
enum HeadPlace {
  /// The name that means the backbone's own classifier, whatever the store has.
  static let builtIn = "imagenet"

  /// Opens a head: `name` is one of the store's, a file, or `imagenet`; without a name, the store's default head,
  /// or the backbone's own classifier when nothing has been taught.
  static func open(_ name: String?, store: Store, model: Model) throws -> Head {
    guard let name else {
      if let path = try reporting({ try store.headPath() }) { return try read(path) }
      return try openBuiltIn(beside: model)
    }
    if name.hasSuffix(".head") || name.contains("/") { return try read(name) }
    if let path = try reporting({ try store.headPath(of: name) }) { return try read(path) }
    if name == builtIn, let path = builtInPath(beside: model) { return try read(path) }
    throw Failure(StoreError.noSuchHead(name: name, known: try reporting { try store.heads() }))
  }

  /// Opens the classifier that came with the backbone.
  static func openBuiltIn(beside model: Model) throws -> Head {
    guard let path = builtInPath(beside: model) else {
      throw Failure(
        .noInput,
        "there is no head: teach something with linnet enrol, or put \(builtIn).head beside the backbone")
    }
    return try read(path)
  }

  /// The metric that was learned for the backbone and lies beside it, `NAME.prior`; `nil` where there is none.
  static func prior(beside model: Model) throws -> MetricPrior? {
    guard let path = model.file.path, path.hasSuffix(".linnet") else { return nil }
    let beside = String(path.dropLast(7)) + ".prior"
    guard File.exists(beside) else { return nil }
    do throws(HeadError) {
      let prior = try MetricPrior(path: beside)
      try prior.check(BackboneIdentity(name: model.name, digest: model.digest))
      return prior
    } catch {
      throw Failure(error, path: beside)
    }
  }

  static func read(_ path: String) throws -> Head {
    do {
      return try Head(path: path)
    } catch {
      throw Failure(error, path: path)
    }
  }

  /// The classifier that came with the backbone: a head of its own name beside it, or the ImageNet head.
  static func builtInPath(beside model: Model) -> String? {
    guard let path = model.file.path else { return nil }
    let own = path.hasSuffix(".linnet") ? String(path.dropLast(7)) + ".head" : path + ".head"
    return [own, Folder.parent(of: path) + "/\(builtIn).head"].first(where: File.exists)
  }
}

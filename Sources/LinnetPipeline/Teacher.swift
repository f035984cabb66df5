public import LinnetHead
public import LinnetStore

/// Teaches: takes captures into a store, and learns the heads of its sets from them, in one change.
public struct Teacher: Sendable {
  public let store: Store
  /// Where it leaves the views of pictures to the heads, each set keeps those that its head was taught with.
  public let embedder: PictureEmbedder
  /// What learning may lean on beside the captures: the backbone's own classifier.
  public let support: TrainingSupport

  /// How a head is learned when neither the caller nor the set's present head says.
  public static let usualMethod = HeadMethod.auto

  /// Says how a head is learned, from how the set's present one was, if it has one.
  public typealias RecipeChoice = (HeadRecipe?) -> HeadRecipe

  public init(store: Store, embedder: PictureEmbedder, support: TrainingSupport = .init()) {
    self.store = store
    self.embedder = embedder
    self.support = support
  }

  /// As the present head was learned, or by `method`.
  public static func recipe(_ method: HeadMethod? = nil) -> RecipeChoice {
    { present in
      guard let method, method != present?.method else { return present ?? HeadRecipe(usualMethod) }
      var recipe = HeadRecipe(method)
      if let present { recipe.unknown = present.unknown }
      return recipe
    }
  }

  /// What became of pictures that were to be enrolled.
  public struct Enrolment: Sendable {
    public var added = 0
    /// Pictures that had the label already.
    public var alreadyThere = 0
    /// Pictures that had another label before, and which.
    public var moved: [(name: String, from: String)] = []
    /// How many background pictures the set has now.
    public var background = 0
    /// The set's labels, ordered, and how many captures each has now.
    public var counts: [(label: String, captures: Int)] = []
  }

  /// Takes pictures into the set as captures of `label`, or as its background when that is `nil`, and learns the set's
  /// head anew.
  ///
  /// A picture that cannot be used is told to `failed`, and the others are enrolled. When this returns, all of that
  /// is on the disk; when it throws, nothing has changed.
  ///
  /// - Parameters:
  ///   - progress: is told how many pictures are done.
  ///   - learning: is told how many of how many steps of learning are done.
  public func enrol(
    _ pictures: [PictureSource], as label: String?, in set: String, recipe: RecipeChoice = Teacher.recipe(),
    progress: (Int) -> Void = { _ in }, learning: (Int, Int) -> Void = { _, _ in },
    failed: (PipelineError) -> Void
  ) throws(PipelineError) -> Enrolment {
    if let label { try storing { () throws(StoreError) in _ = try LabelName.folder(of: label) } }
    var good: [PictureSource] = []
    try embedder(of: set).embed(pictures) { index, outcome in
      switch outcome.embedding {
      case .success: good.append(pictures[index])
      case .failure(let error): failed(error)
      }
      progress(index + 1)
    }
    var result = Enrolment()
    guard !good.isEmpty else { return result }
    var change = try begin()
    try checkHead(of: set, in: &change)
    for picture in good {
      let bytes = try picture.read()
      switch try enrol(bytes, picture.name, label, set, in: &change) {
      case .added: result.added += 1
      case .alreadyThere: result.alreadyThere += 1
      case .moved(let from): result.moved.append((picture.name, from))
      }
    }
    let captures = try captures(of: set, in: &change)
    result.counts = Self.counts(captures)
    result.background = try background(of: set, in: &change).count
    let hasHead = try headPath(set, in: change) != nil
    guard !change.isEmpty || !hasHead && !captures.isEmpty else { return result }
    try relearn(set, from: captures, recipe: recipe, progress: learning, in: &change)
    let number = result.added + result.moved.count
    let what = label.map { "capture\(number == 1 ? "" : "s") of “\($0)”" } ?? "of background"
    try commit(change, .enrol, "enrol \(number) \(what) in “\(set)”")
    return result
  }

  /// Learns the set's head anew from its captures.
  ///
  /// - Parameters:
  ///   - progress: is told how many captures are embedded.
  ///   - learning: is told how many of how many steps of learning are done.
  public func train(
    _ set: String, recipe: RecipeChoice = Teacher.recipe(), progress: (Int) -> Void = { _ in },
    learning: (Int, Int) -> Void = { _, _ in }
  ) throws(PipelineError) -> Head {
    let captures = try storing { () throws(StoreError) in try store.captures(of: set) }
    guard !captures.isEmpty else { throw .noCaptures(set: set) }
    // Outside of the lock, so that others can go on while it takes long.
    _ = try embedder(of: set).embeddings(captures.map { .file($0.path) }, progress: progress)
    var change = try begin()
    let head = try relearn(
      set, from: try self.captures(of: set, in: &change), recipe: recipe, progress: learning, in: &change)
    guard let head else { throw .noCaptures(set: set) }
    try commit(change, .train, "train the head “\(set)”")
    return head
  }

  /// Renames a label, or, when `merging`, gives its captures to another; learns the head anew.
  public func rename(
    _ label: String, to new: String, in set: String, merging: Bool
  ) throws(PipelineError) {
    var change = try begin()
    try rename(label, new, set, merging, in: &change)
    try relearn(set, from: try captures(of: set, in: &change), in: &change)
    let words = merging ? "merge “\(label)” into “\(new)”" : "rename “\(label)” to “\(new)”"
    try commit(change, merging ? .merge : .rename, words + " in “\(set)”")
  }

  /// Takes a label and its captures out of the set; learns the head anew. The number of captures is returned.
  public func remove(_ label: String, in set: String) throws(PipelineError) -> Int {
    var change = try begin()
    let before = try captures(of: set, in: &change).count
    try remove(label, set, in: &change)
    let captures = try captures(of: set, in: &change)
    try relearn(set, from: captures, in: &change)
    let number = before - captures.count
    try commit(
      change, .remove, "remove “\(label)” with \(number) capture\(number == 1 ? "" : "s") from “\(set)”")
    return number
  }

  /// Takes the background pictures out of the set; learns the head anew. Their number is returned.
  public func removeBackground(of set: String) throws(PipelineError) -> Int {
    var change = try begin()
    let number = try background(of: set, in: &change).count
    guard number > 0 else { return 0 }
    try removeBackground(set, in: &change)
    try relearn(set, from: try captures(of: set, in: &change), in: &change)
    try commit(change, .remove, "remove the background of \(number) from “\(set)”")
    return number
  }

  /// Takes one capture, or background picture, out of the set again; learns the head anew. False when the set has no such
  /// picture.
  public func forget(_ picture: PictureDigest, in set: String) throws(PipelineError) -> Bool {
    var change = try begin()
    guard try remove(picture, set, in: &change) else { return false }
    try relearn(set, from: try captures(of: set, in: &change), in: &change)
    try commit(change, .remove, "remove a capture from “\(set)”")
    return true
  }

  /// Labels in order with the number of their captures.
  public static func counts(_ captures: [Capture]) -> [(label: String, captures: Int)] {
    var result: [(label: String, captures: Int)] = []
    for capture in captures {
      if result.last?.label == capture.label {
        result[result.count - 1].captures += 1
      } else {
        result.append((capture.label, 1))
      }
    }
    return result
  }
}

extension Teacher {
  /// Learns a head from embeddings, a label each; classes are ordered by the bytes of their labels.
  ///
  /// - Parameters:
  ///   - background: embeddings of pictures that show none of the classes.
  ///   - progress: is told how many of how many steps are done.
  public static func learn(
    _ embeddings: [[Float]], labels: [String], background: [[Float]] = [], recipe: HeadRecipe,
    backbone: BackboneIdentity, support: TrainingSupport = .init(),
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(PipelineError) -> Head {
    let classes = Set(labels).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    do throws(HeadError) {
      var shots = try Shots(dimension: embeddings.first?.count ?? 1, classes: classes)
      for (embedding, label) in zip(embeddings, labels) { try shots.append(embedding, label: label) }
      for embedding in background { try shots.appendBackground(embedding) }
      return try Head.train(
        recipe, shots: shots, backbone: backbone, support: support, progress: progress)
    } catch {
      throw .head(error)
    }
  }

  /// By the method's defaults.
  public static func learn(
    _ embeddings: [[Float]], labels: [String], method: HeadMethod, backbone: BackboneIdentity
  ) throws(PipelineError) -> Head {
    try learn(embeddings, labels: labels, recipe: HeadRecipe(method), backbone: backbone)
  }

  /// Puts a head learned from `captures` into the change, or takes the set's head away when there are none.
  @discardableResult
  private func relearn(
    _ set: String, from captures: [Capture], recipe: RecipeChoice = Teacher.recipe(),
    progress: (Int, Int) -> Void = { _, _ in }, in change: inout StoreChange
  ) throws(PipelineError) -> Head? {
    guard !captures.isEmpty else {
      if try headPath(set, in: change) != nil { try removeHead(set, in: &change) }
      return nil
    }
    // Of a head that cannot be read, nothing need be kept: all that it knew are captures.
    let present = try? head(of: set, in: change)
    let embedder = try embedder.asTaught(present.map { [$0] } ?? [])
    let background = try background(of: set, in: &change)
    let embeddings = try embedder.embeddings((captures + background).map { .file($0.path) })
    let recipe = recipe(present?.recipe)
    var support = support
    // New labels stand beside what stood there before any was imprinted, whatever was imprinted since.
    if recipe.method == .imprint, support.earlier == nil { support.earlier = present?.base }
    let head = try Self.learn(
      Array(embeddings[..<captures.count]), labels: captures.map(\.label),
      background: Array(embeddings[captures.count...]), recipe: recipe,
      backbone: embedder.backbone, support: support, progress: progress)
    try put(head, set, in: &change)
    return head
  }

  /// What sees the set's pictures as its head was taught.
  public func embedder(of set: String) throws(PipelineError) -> PictureEmbedder {
    let path = try storing { () throws(StoreError) in try store.headPath(of: set) }
    // Of a head that cannot be read, nothing is known.
    guard let path, let head = try? Head(path: path) else { return embedder }
    return try embedder.asTaught([head])
  }

  /// A head that was not made from the set's captures must not be replaced by one that knows less.
  private func checkHead(of set: String, in change: inout StoreChange) throws(PipelineError) {
    guard let head = try head(of: set, in: change) else { return }
    do throws(HeadError) { try head.checkBackbone(embedder.backbone) } catch { throw .head(error) }
    let labels = Set(try captures(of: set, in: &change).map(\.label))
    let taught = head.classes.dropFirst(head.baseClassCount ?? 0)
    if let stranger = taught.first(where: { !labels.contains($0) }) {
      throw .headWithoutCaptures(set: set, label: stranger)
    }
  }

  private func head(of set: String, in change: borrowing StoreChange) throws(PipelineError) -> Head? {
    guard let path = try headPath(set, in: change) else { return nil }
    do throws(HeadError) {
      return try Head(path: path)
    } catch {
      throw .unusableHead(set: set, error)
    }
  }
}

extension Head {
  /// Makes one head of several of the same additive method (``HeadMethod/isAdditive``): the one that would have been learned
  /// from all their shots together, to the last bit, whatever their order. Of one head: the same with temperature and
  /// threshold fitted anew.
  ///
  /// The classes are those of all heads, ordered by the bytes of their names, as `linnet train` has them; a name that
  /// stands in several heads is one class. A shot that is in two heads counts twice. Prototype heads of format 1 keep no shots:
  /// with one of them the sums are added, and temperature and threshold come from the class means alone.
  ///
  /// - Parameters:
  ///   - support: what the heads were learned with.
  ///   - backbone: theirs, with the widths of its parts, which a head read from a file does not know.
  public static func merge(
    _ heads: [Head], support: TrainingSupport = .init(), backbone: BackboneIdentity? = nil
  ) throws(HeadError) -> Head {
    guard let first = heads.first else { throw .noShots }
    for head in heads {
      try head.checkBackbone(first.backbone)
      guard let method = head.method, method.isAdditive else {
        throw .cannotMerge("a \(head.kind.rawValue) head does not say what it was learned from")
      }
      guard head.backbone.views == first.backbone.views else {
        throw .cannotMerge("they were taught with different views of the pictures")
      }
      guard head.recipe == first.recipe, head.treatment == first.treatment, head.dimension == first.dimension
      else { throw .cannotMerge("they were not learned by the same method and options") }
    }
    // Of names that are the same to Unicode and have other bytes, the first stands.
    var (classes, seen): ([String], Set<String>) = ([], [])
    for name in heads.flatMap({ $0.classes }).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if seen.insert(name).inserted { classes.append(name) }
    }
    var places: [String: Int] = [:]
    for (place, name) in classes.enumerated() { places[name] = place }
    try checkCounts(heads, places, classes)
    guard let recipe = first.recipe, heads.allSatisfy({ $0.kept != nil }) else {
      return mergeSums(heads, places, classes)
    }
    var shots: [KeptShots.Shot] = []
    for head in heads { shots += head.kept?.moved(head.classes.map { places[$0] ?? 0 }) ?? [] }
    let kept = KeptShots(dimension: first.dimension, shots: shots)
    try backbone.map { backbone throws(HeadError) in try first.checkBackbone(backbone) }
    return try train(
      recipe, first.treatment, kept, classes: classes, backbone ?? first.backbone, support)
  }

  private static func checkCounts(
    _ heads: [Head], _ places: [String: Int], _ classes: [String]
  ) throws(HeadError) {
    var counts = [Int](repeating: 0, count: classes.count)
    for head in heads {
      for (name, count) in zip(head.classes, head.counts ?? []) { counts[places[name] ?? 0] += count }
    }
    for (name, count) in zip(classes, counts) where count > Prototypes.shotLimit {
      throw .tooManyShots(label: name, limit: Prototypes.shotLimit)
    }
  }

  /// Of prototype heads, from their sums alone.
  private static func mergeSums(_ heads: [Head], _ places: [String: Int], _ classes: [String]) -> Head {
    let first = heads[0]
    let width = first.treatment.width
    var sums = [Int32](repeating: 0, count: classes.count * width)
    var counts = [Int32](repeating: 0, count: classes.count)
    for head in heads {
      guard let prototypes = head.prototypes else { continue }
      for (own, name) in head.classes.enumerated() {
        let place = places[name] ?? 0
        counts[place] += prototypes.counts[own]
        for column in 0..<width { sums[place * width + column] += prototypes.sums[own * width + column] }
      }
    }
    let prototypes = Prototypes(dimension: width, sums: sums, counts: counts)
    var head = Head(
      classes: classes, dimension: first.dimension, backbone: first.backbone, treatment: first.treatment,
      scorer: first.scorer, prototypes: prototypes)
    head.recipe = first.recipe
    head.unknownThreshold = Calibration.unknownThreshold(prototypes)
    return head
  }
}

internal import LinnetAlgebra

/// How a head of described classes is made.
public struct DescriptionRecipe: Hashable, Sendable {
  /// `nil`: `bilinear`, or `reverse` where the head knows the seen classes as well.
  public var method: DescriptionMethod?
  /// The head also knows the classes with pictures.
  public var includesSeen: Bool

  public init(method: DescriptionMethod? = nil, includesSeen: Bool = false) {
    self.method = method
    self.includesSeen = includesSeen
  }

  /// The method that this comes to.
  public var resolvedMethod: DescriptionMethod { method ?? (includesSeen ? .reverse : .bilinear) }
}

extension Head {
  /// Makes a head for classes of which there is no picture, from what they are described as and from other classes that
  /// are described and have pictures.
  ///
  /// A linear head comes out. Its temperature is fitted on seen classes that are left out in turn as if they were
  /// unseen. A head that knows the seen classes too holds their scores down by what balances both on the same folds, as seen
  /// classes would otherwise win nearly always (calibrated stacking: Chao, Changpinyo, Gong, Sha, "An Empirical
  /// Study and Analysis of Generalized Zero-Shot Learning for Object Recognition in the Wild", 2016). There is no
  /// threshold: nothing is *unknown*.
  ///
  /// - Parameters:
  ///   - seen: shots; those of classes that are not described are left aside. Their order does not matter.
  ///   - backbone: only its embedding, the first block, is used.
  public static func describe(
    _ unseen: [String], by descriptions: ClassDescriptions, seen shots: Shots,
    recipe: DescriptionRecipe = DescriptionRecipe(), backbone: BackboneIdentity
  ) throws(HeadError) -> Head {
    guard !unseen.isEmpty else { throw .description(.nothingUnseen) }
    let material = SeenClasses(shots, described: descriptions, backbone: backbone)
    guard material.classes.count >= 2 else {
      throw .description(.tooFewSeen(count: material.classes.count))
    }
    var names: Set<String> = []
    for name in unseen {
      guard names.insert(name).inserted else { throw .duplicateLabel(name) }
      guard !material.classes.contains(name) else { throw .description(.seenAndUnseen(label: name)) }
    }
    let wanted = try descriptions.rows(of: unseen)
    let known = try descriptions.rows(of: material.classes)
    let method = recipe.resolvedMethod
    let all = Array(material.classOf.indices)
    guard let map = material.map(all, of: Array(material.classes.indices), known, method) else {
      throw .description(.constant)
    }
    let folds = HeldOutClasses(material, known, method, includesSeen: recipe.includesSeen, map: map)
    var classifier = map.classifier(for: wanted)
    var classes = unseen
    if recipe.includesSeen {
      classifier = map.seenClassifier(known).lowered(by: folds.handicap).joined(with: classifier)
      classes = material.classes + unseen
    }
    var head = Head(
      classes: classes, dimension: shots.dimension, backbone: backbone, treatment: material.treatment,
      scorer: .linear(classifier, gain: 1), prototypes: nil)
    head.temperature = folds.temperature
    return head
  }
}

/// The classes with pictures that are described, and their treated embeddings in an order of their own.
struct SeenClasses {
  let classes: [String]
  let classOf: [Int]
  let embeddings: Matrix
  let treatment: EmbeddingTreatment

  init(_ shots: Shots, described descriptions: ClassDescriptions, backbone: BackboneIdentity) {
    let counts = shots.counts
    let kept = shots.classes.indices.filter { counts[$0] > 0 && descriptions.describes(shots.classes[$0]) }
      .sorted { shots.classes[$0].utf8.lexicographicallyPrecedes(shots.classes[$1].utf8) }
    var places = [Int?](repeating: nil, count: shots.classes.count)
    for (place, former) in kept.enumerated() { places[former] = place }
    let dimension = shots.dimension
    func embedding(_ row: Int) -> ArraySlice<Float> {
      shots.embeddings[row * dimension..<(row + 1) * dimension]
    }
    let rows = (0..<shots.count).filter { places[shots.classOf[$0]] != nil }
      .sorted { a, b in
        let (first, second) = (places[shots.classOf[a]]!, places[shots.classOf[b]]!)
        return first != second ? first < second : embedding(a).lexicographicallyPrecedes(embedding(b))
      }
    let width = backbone.blocks.first.map { min($0, dimension) } ?? dimension
    treatment = .squareRoot(width)
    classes = kept.map { shots.classes[$0] }
    classOf = rows.map { places[shots.classOf[$0]]! }
    embeddings = treatment.matrix(of: rows.flatMap { embedding($0) }, dimension: dimension)
  }

  /// Learned from these rows, all of these classes.
  func map(
    _ rows: [Int], of kept: [Int], _ descriptions: [[Float?]], _ method: DescriptionMethod
  ) -> DescriptionMap? {
    var places = [Int](repeating: 0, count: classes.count)
    for (place, former) in kept.enumerated() { places[former] = place }
    return DescriptionMap(
      embeddings.rows(rows), classOf: rows.map { places[classOf[$0]] },
      descriptions: kept.map { descriptions[$0] }, method: method)
  }
}

extension Matrix {
  /// These rows, in this order.
  func rows(_ places: [Int]) -> Matrix {
    var result = Matrix(rows: places.count, columns: columns)
    for (row, place) in places.enumerated() { result.add(1, self, row: place, to: row) }
    return result
  }
}

extension LinearClassifier {
  fileprivate func lowered(by handicap: Float) -> LinearClassifier {
    LinearClassifier(weights: weights, bias: bias.map { $0 - handicap })
  }

  /// The classes of this, then those of the other; both in single precision.
  fileprivate func joined(with other: LinearClassifier) -> LinearClassifier {
    guard case .float(let first) = weights, case .float(let second) = other.weights else { return self }
    var joined = Matrix(rows: first.rows + second.rows, columns: first.columns)
    for row in 0..<first.rows { joined.add(1, first, row: row, to: row) }
    for row in 0..<second.rows { joined.add(1, second, row: row, to: first.rows + row) }
    return LinearClassifier(weights: .float(joined), bias: bias + other.bias)
  }
}

internal import LinnetAlgebra

/// New classes beside those of a linear head that exists, none of which is forgotten (Qi, Brown, Lowe, "Low-Shot Learning
/// with Imprinted Weights", 2018).
///
/// A new class's weights are the mean of its shots, each divided by its length, without the part that all its numbers share,
/// and scaled to the mean length of the weights that are there; its bias is the mean of the biases. The shared part is what
/// all embeddings of a rectified network have in common: trained weights are orthogonal to it, and with it a new class
/// would win everywhere. Beside a handful of classes, whose weights say little of what embeddings have in common, new ones
/// win too often: learn such a head anew with all its classes.
enum Imprint {
  /// The head with the classes of `shots` after its own.
  static func head(_ recipe: HeadRecipe, _ shots: Shots, _ support: TrainingSupport) throws(HeadError) -> Head
  {
    guard let base = support.earlier ?? support.classifier else {
      throw .missing(method: recipe.method.rawValue, what: "a head to put the new classes beside")
    }
    guard case .linear(let classifier, let gain) = base.scorer else {
      throw .missing(
        method: recipe.method.rawValue, what: "a head with weights, which a \(base.kind.rawValue) head is not"
      )
    }
    guard [nil, .logistic, .imprint].contains(base.method) else {
      throw .missing(
        method: recipe.method.rawValue,
        what:
          "a head that was learned by logistic, or a network's own: the weights of a \(base.kind.rawValue) head stand "
          + "around the centre of its own shots")
    }
    guard base.dimension == shots.dimension else {
      throw .wrongDimension(expected: base.dimension, actual: shots.dimension)
    }
    for name in shots.classes where base.classes.contains(name) { throw .classExists(name) }
    let samples = Samples(
      directions(base.treatment.matrix(of: shots.embeddings, dimension: shots.dimension)),
      classOf: shots.classOf, classCount: shots.classes.count, weights: shots.weights)
    let rows = weights(of: Prototypes(samples), length: classifier.meanLength)
    let bias = classifier.bias.reduce(0, +) / Float(max(classifier.bias.count, 1))
    var head = Head(
      classes: base.classes + shots.classes, dimension: base.dimension, backbone: base.backbone,
      treatment: base.treatment,
      scorer: .linear(classifier.appending(rows, bias: bias), gain: gain), prototypes: nil)
    head.recipe = recipe
    head.baseClassCount = base.classes.count
    head.temperature = base.temperature
    head.unknownThreshold =
      recipe.unknown.isNever ? nil : base.prototypes == nil ? base.unknownThreshold : nil
    head.source = base.source
    head.license = base.license
    return head
  }

  /// Every row divided by its length, if it has one.
  private static func directions(_ rows: Matrix) -> Matrix {
    var rows = rows
    rows.scaleRows((0..<rows.rows).map { unit(rows.dot(row: $0, rows, row: $0)) })
    return rows
  }

  private static func weights(of prototypes: Prototypes, length: Float) -> Matrix {
    var rows = prototypes.directions
    for row in 0..<rows.rows {
      var mean: Float = 0
      for column in 0..<rows.columns { mean += rows[row, column] }
      mean /= Float(rows.columns)
      for column in 0..<rows.columns { rows[row, column] -= mean }
      let scale = length * unit(rows.dot(row: row, rows, row: row))
      for column in 0..<rows.columns { rows[row, column] *= scale }
    }
    return rows
  }

  /// What makes a vector of this squared length one long; zero for one that rounding alone has made.
  private static func unit(_ squares: Float) -> Float { squares > 1e-12 ? 1 / squares.squareRoot() : 0 }
}

extension Head {
  /// The head that new classes were put beside, `nil` where none were.
  public var base: Head? {
    guard let count = baseClassCount, case .linear(let classifier, let gain) = scorer else { return nil }
    var base = Head(
      classes: Array(classes[..<count]), dimension: dimension, backbone: backbone, treatment: treatment,
      scorer: .linear(classifier.prefix(count), gain: gain), prototypes: nil)
    base.temperature = temperature
    base.unknownThreshold = unknownThreshold
    base.source = source
    base.license = license
    return base
  }
}

extension LinearClassifier {
  /// The mean Euclidean length of the rows.
  var meanLength: Float {
    var total = 0.0
    switch weights {
    case .float(let rows):
      for row in 0..<rows.rows { total += Double(rows.dot(row: row, rows, row: row).squareRoot()) }
    case .int8(let codes, let scales):
      let width = codes.count / max(scales.count, 1)
      for (row, scale) in scales.enumerated() {
        var squares = 0
        for code in codes[row * width..<(row + 1) * width] { squares += Int(code) * Int(code) }
        total += Double(scale) * Double(squares).squareRoot()
      }
    }
    return Float(total / Double(max(bias.count, 1)))
  }

  /// With more rows, in the form that the present ones have.
  func appending(_ rows: Matrix, bias level: Float) -> LinearClassifier {
    let bias = bias + [Float](repeating: level, count: rows.rows)
    switch weights {
    case .float(let present):
      var all = Matrix(rows: present.rows + rows.rows, columns: present.columns)
      for row in 0..<present.rows { all.add(1, present, row: row, to: row) }
      for row in 0..<rows.rows { all.add(1, rows, row: row, to: present.rows + row) }
      return LinearClassifier(weights: .float(all), bias: bias)
    case .int8(var codes, var scales):
      for row in 0..<rows.rows {
        let elements = rows.elements(of: row)
        let scale = (elements.map(abs).max() ?? 0) / 127
        scales.append(scale)
        codes += elements.map { scale > 0 ? Int8(($0 / scale).rounded(.toNearestOrEven)) : 0 }
      }
      return LinearClassifier(weights: .int8(codes, scales: scales), bias: bias)
    }
  }

  /// The first rows alone.
  func prefix(_ count: Int) -> LinearClassifier {
    let bias = Array(bias[..<count])
    switch weights {
    case .float(let rows):
      var first = Matrix(rows: count, columns: rows.columns)
      for row in 0..<count { first.add(1, rows, row: row, to: row) }
      return LinearClassifier(weights: .float(first), bias: bias)
    case .int8(let codes, let scales):
      let width = codes.count / max(scales.count, 1)
      return LinearClassifier(
        weights: .int8(Array(codes[..<(count * width)]), scales: Array(scales[..<count])), bias: bias)
    }
  }
}

internal import LinnetAlgebra
internal import LinnetSafetensors

/// Takes the parts of a head out of a container; trusts nothing but the container's own checks.
struct HeadReader {
  let file: SafetensorsFile

  func text(_ key: String) throws(HeadError) -> String {
    guard let text = file.metadata[key] else { throw .malformed(what: key, expected: "a value") }
    return text
  }

  /// A finite number, or `nil` when the key is absent.
  func number(_ key: String) throws(HeadError) -> Float? {
    guard let text = file.metadata[key] else { return nil }
    guard let number = json(text)?.float, number.isFinite else {
      throw .malformed(what: key, expected: "a decimal number")
    }
    return number
  }

  func positive(_ key: String) throws(HeadError) -> Float {
    guard let number = try number(key), number > 0 else {
      throw .malformed(what: key, expected: "a number above zero")
    }
    return number
  }

  func dimension() throws(HeadError) -> Int {
    guard let dimension = json(try text("linnet.dimension"))?.integer, 1...65536 ~= dimension else {
      throw .malformed(what: "linnet.dimension", expected: "a whole number of 1…65536")
    }
    return dimension
  }

  func classes() throws(HeadError) -> [String] {
    guard let names = json(try text("linnet.classes"))?.array, !names.isEmpty else {
      throw .malformed(what: "linnet.classes", expected: "a JSON array of names")
    }
    var classes: [String] = []
    var seen: Set<String> = []
    for name in names {
      guard let name = name.string else {
        throw .malformed(what: "linnet.classes", expected: "a JSON array of names")
      }
      guard Shots.isValid(label: name) else { throw .invalidLabel(name) }
      guard seen.insert(name).inserted else { throw .duplicateLabel(name) }
      classes.append(name)
    }
    return classes
  }

  /// The method (`nil` for a network's own classifier), the treatment, and what scores.
  func form(_ dimension: Int) throws(HeadError) -> (HeadMethod?, EmbeddingTreatment, scorer: String) {
    let version = try text("linnet.head")
    let name = try text("linnet.method")
    let method = HeadMethod(rawValue: name)
    guard method != nil || name == "linear" else {
      throw .malformed(what: "linnet.method", expected: "linear, or a method of this program")
    }
    switch version {
    case "1":
      guard [nil, .prototype, .logistic].contains(method) else {
        throw .malformed(what: "linnet.method", expected: "linear, prototype or logistic")
      }
      let embedding = try text("linnet.embedding")
      guard embedding == "l2" || embedding == "raw" && method == nil else {
        throw .malformed(what: "linnet.embedding", expected: method == nil ? "raw or l2" : "l2")
      }
      return (
        method, embedding == "l2" ? .l2(dimension) : .raw(dimension),
        scorer: method == .prototype ? "prototype" : "linear"
      )
    case "2": return (method, try treatment(dimension, of: method), scorer: try text("linnet.scorer"))
    default: throw .malformed(what: "linnet.head", expected: "format 1 or 2")
    }
  }

  private func treatment(_ dimension: Int, of method: HeadMethod?) throws(HeadError) -> EmbeddingTreatment {
    guard var treatment = json(try text("linnet.treatment")).flatMap({ EmbeddingTreatment($0) }) else {
      throw .malformed(what: "linnet.treatment", expected: "blocks, normalised and whole")
    }
    treatment.prior = try prior(
      dimension,
      BackboneIdentity(name: try text("linnet.backbone.name"), digest: try text("linnet.backbone")))
    let width = treatment.width
    guard treatment.isValid(dimension: dimension) else {
      throw .malformed(what: "linnet.treatment", expected: "blocks within \(dimension) numbers")
    }
    if file.entry("treatment.centre") != nil {
      treatment.centre = try floats("treatment.centre", shape: [width])
    }
    if file.entry("treatment.deviation") != nil {
      treatment.deviation = try floats("treatment.deviation", shape: [width])
    }
    guard treatment.isValid(dimension: dimension) else {
      throw .malformed(what: "treatment.deviation", expected: "numbers above zero")
    }
    return treatment
  }

  func recipe(_ method: HeadMethod?, _ treatment: EmbeddingTreatment) throws(HeadError) -> HeadRecipe? {
    guard let method else { return nil }
    guard let text = file.metadata["linnet.recipe"] else { return HeadRecipe(method) }
    guard let recipe = json(text).flatMap({ HeadRecipe(method, $0, treatment: treatment) }) else {
      throw .malformed(what: "linnet.recipe", expected: "what a recipe may say")
    }
    return recipe
  }

  func baseClassCount(_ classCount: Int, isLinear: Bool) throws(HeadError) -> Int? {
    guard let text = file.metadata["linnet.base"] else { return nil }
    guard isLinear, let count = json(text)?.integer, 1...classCount ~= count else {
      throw .malformed(what: "linnet.base", expected: "how many of the classes were there before")
    }
    return count
  }

  func choice() throws(HeadError) -> Choice? {
    guard let text = file.metadata["linnet.choice"] else { return nil }
    guard let choice = json(text).flatMap({ Choice($0) }) else {
      throw .malformed(what: "linnet.choice", expected: "what was compared and chosen")
    }
    return choice
  }

  func scorer(_ name: String, _ classCount: Int, _ width: Int) throws(HeadError) -> Head.Scorer {
    switch name {
    case "linear": return .linear(try classifier(classCount, width), gain: try positive("linnet.gain"))
    case "prototype": return .prototype(gain: try positive("linnet.gain"))
    case "perceptron":
      return .perceptron(try perceptron(classCount, width), gain: try positive("linnet.gain"))
    default: throw .malformed(what: "linnet.scorer", expected: "linear, prototype, nearest or perceptron")
    }
  }

  func classifier(_ classCount: Int, _ dimension: Int) throws(HeadError) -> LinearClassifier {
    let bias = try floats("bias", shape: [classCount])
    guard let weights = file.entry("weights"), weights.type == .i8 else {
      let weights = try floats("weights", shape: [classCount, dimension])
      return LinearClassifier(
        weights: .float(Matrix(rows: classCount, columns: dimension, dense: weights)), bias: bias)
    }
    let entry = try entry("weights", .i8, shape: [classCount, dimension])
    let scales = try floats("weights.scale", shape: [classCount])
    return LinearClassifier(
      weights: .int8(file.elements(of: entry, as: Int8.self), scales: scales), bias: bias)
  }

  func prototypes(_ classCount: Int, _ dimension: Int) throws(HeadError) -> Prototypes {
    let counts = file.elements(of: try entry("counts", .i32, shape: [classCount]), as: Int32.self)
    guard counts.allSatisfy({ 1...Int32(Prototypes.shotLimit) ~= $0 }) else {
      throw .malformed(what: "counts", expected: "whole numbers of 1…\(Prototypes.shotLimit)")
    }
    let sums = file.elements(of: try entry("sums", .i32, shape: [classCount, dimension]), as: Int32.self)
    for (place, count) in counts.enumerated() {
      let greatest = UInt32(count) * UInt32(Prototypes.steps)
      let sum = sums[place * dimension..<(place + 1) * dimension]
      guard sum.allSatisfy({ $0.magnitude <= greatest }) else {
        throw .malformed(what: "sums", expected: "no component longer than the shots of its class make it")
      }
    }
    return Prototypes(dimension: dimension, sums: sums, counts: counts)
  }

  /// The shots that the head keeps, which must be those that `counts` has.
  func kept(_ classCount: Int, _ dimension: Int, counts: [Int32]?) throws(HeadError) -> KeptShots? {
    guard let first = file.entry("shots") else { return nil }
    let count = first.shape.first ?? 0
    let codes = file.elements(of: try entry("shots", .i16, shape: [count, dimension]), as: Int16.self)
    guard codes.allSatisfy({ $0 != .min }) else {
      throw .malformed(what: "shots", expected: "codes of −32767…32767")
    }
    let exponents = try integers("shots.exponent", count, within: KeptShots.exponents)
    let places = try integers("shots.class", count, within: -1...Int32(classCount - 1))
    var weights = [Float](repeating: 1, count: count)
    if file.entry("shots.weight") != nil {
      weights = try floats("shots.weight", shape: [count])
      guard weights.allSatisfy({ $0 > 0 }) else {
        throw .malformed(what: "shots.weight", expected: "numbers above zero")
      }
    }
    var groups = [String?](repeating: nil, count: count)
    if file.entry("shots.group") != nil {
      let names = json(try text("linnet.groups"))?.array?.compactMap { $0.string } ?? []
      let numbers = try integers("shots.group", count, within: -1...Int32(names.count - 1))
      groups = numbers.map { $0 < 0 ? nil : names[Int($0)] }
    }
    var found = [Int32](repeating: 0, count: classCount)
    for place in places where place >= 0 { found[Int(place)] += 1 }
    guard found.allSatisfy({ 1...Int32(Prototypes.shotLimit) ~= $0 }), counts ?? found == found else {
      throw .malformed(what: "shots.class", expected: "as many shots of every class as counts has")
    }
    let shots = (0..<count).map { row in
      KeptShots.Shot(
        codes: Array(codes[row * dimension..<(row + 1) * dimension]), exponent: exponents[row],
        classPlace: places[row] < 0 ? nil : Int(places[row]), weight: weights[row], group: groups[row])
    }
    return KeptShots(dimension: dimension, shots: shots)
  }

  private func integers(
    _ name: String, _ count: Int, within range: ClosedRange<Int32>
  ) throws(HeadError) -> [Int32] {
    let values = file.elements(of: try entry(name, .i32, shape: [count]), as: Int32.self)
    guard values.allSatisfy(range.contains) else {
      throw .malformed(what: name, expected: "whole numbers of \(range.lowerBound)…\(range.upperBound)")
    }
    return values
  }

  func floats(_ name: String, shape: [Int]) throws(HeadError) -> [Float] {
    let values = file.elements(of: try entry(name, .f32, shape: shape), as: Float.self)
    guard values.allSatisfy({ $0.isFinite }) else { throw .malformed(what: name, expected: "finite numbers") }
    return values
  }

  func entry(_ name: String, _ type: SafetensorsType, shape: [Int]) throws(HeadError) -> TensorEntry {
    guard let entry = file.entry(name), entry.type == type, entry.shape == shape else {
      let extents = shape.map { "\($0)" }.joined(separator: ", ")
      throw .malformed(what: name, expected: "a tensor \(type.rawValue) [\(extents)]")
    }
    return entry
  }

  func json(_ text: String) -> JSONValue? {
    do throws(JSONError) { return try JSONValue.parse(text) } catch { return nil }
  }
}

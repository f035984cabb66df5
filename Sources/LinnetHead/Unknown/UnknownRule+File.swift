internal import LinnetAlgebra
internal import LinnetSafetensors

/// The form in head files (`FORMAT.md`).
extension UnknownRule {
  /// The terms; what they compare with are tensors beside it.
  var text: String {
    var writer = JSONWriter()
    writer.beginArray()
    for term in terms {
      writer.beginObject()
      writer.key("measure")
      writer.value(term.measure.rawValue)
      for (key, value) in [("mean", term.mean), ("deviation", term.deviation), ("weight", term.weight)] {
        writer.key(key)
        writer.value(value)
      }
      if let cap = term.cap {
        writer.key("cap")
        writer.value(cap)
      }
      writer.endObject()
    }
    writer.endArray()
    return writer.text
  }

  func add(to writer: inout SafetensorsWriter) throws(SafetensorsError) {
    for (name, shots) in [
      ("unknown.means", distance?.means), ("unknown.directions", distance?.directions),
      ("unknown.background", background?.pictures), ("unknown.ridge", regression?.weights),
    ] {
      guard let shots else { continue }
      try writer.add(name, shape: [shots.count, shots.dimension], shots.codes)
      try writer.add(name + ".scale", shape: [shots.count], shots.scales)
    }
    if let distance {
      let rows = distance.means.count
      try writer.add("unknown.images", shape: [rows, distance.images.count / rows], distance.images)
      try writer.add("unknown.floor", shape: [1], [distance.floor])
      let parts = distance.treatment.blocks.flatMap { [Int32($0.range.lowerBound), Int32($0.range.count)] }
      try writer.add("unknown.parts", shape: [parts.count / 2, 2], parts)
    }
    if let background {
      let part = [Int32(background.part.lowerBound), Int32(background.part.count)]
      try writer.add("unknown.background.part", shape: [1, 2], part)
      try writer.add("unknown.background.neighbours", shape: [1], [Int32(background.neighbours)])
    }
    if let contrast {
      let parts = [contrast.first, contrast.last].flatMap { [Int32($0.lowerBound), Int32($0.count)] }
      try writer.add("unknown.maps", shape: [2, 2], parts)
    }
    if let regression {
      try writer.add("unknown.ridge.bias", shape: [regression.bias.count], regression.bias)
    }
  }

  /// Terms as ``text`` has them; `nil` when the value is not of that form.
  init?(_ value: JSONValue) {
    guard let terms = value.array, 1...16 ~= terms.count else { return nil }
    self.init(terms: [])
    for term in terms {
      guard let measure = term["measure"]?.string.flatMap(Measure.init), let mean = term["mean"]?.float,
        let deviation = term["deviation"]?.float, let weight = term["weight"]?.float, deviation > 1e-20,
        [mean, deviation, weight].allSatisfy({ abs($0) < 1e20 })
      else { return nil }
      var cap: Float?
      if let value = term["cap"] {
        guard let number = value.float, abs(number) < 1e20 else { return nil }
        cap = number
      }
      self.terms.append(
        Term(measure: measure, mean: mean, deviation: deviation, weight: weight, cap: cap))
    }
  }
}

extension HeadReader {
  /// The rule of the file, or the one that heads without any have.
  func unknownRule(hasPrototypes: Bool, dimension: Int) throws(HeadError) -> UnknownRule {
    guard let text = file.metadata["linnet.unknown"] else {
      return hasPrototypes ? .plain : .probability
    }
    let what = "linnet.unknown"
    guard var rule = json(text).flatMap({ UnknownRule($0) }) else {
      throw .malformed(
        what: what, expected: "terms of measures that this version knows; `linnet train` learns the head anew"
      )
    }
    rule.distance = try classDistance(dimension)
    rule.background = try backgroundPictures(dimension)
    if file.entry("unknown.maps") != nil {
      let maps = try parts("unknown.maps", count: 2...2, dimension)
      rule.contrast = MapContrast(first: maps[0], last: maps[1])
    }
    if let weights = try knownShots("unknown.ridge", 2 * dimension) {
      let bias = try floats("unknown.ridge.bias", shape: [weights.count])
      guard weights.dimension % 2 == 0 else {
        throw .malformed(what: "unknown.ridge", expected: "as many roots as numbers")
      }
      rule.regression = BackgroundRegression(weights: weights, bias: bias)
    }
    for term in rule.terms {
      let isThere =
        switch term.measure {
        case .probability, .score: true
        case .cosine: hasPrototypes
        case .nearness: rule.distance != nil
        case .foreground, .likeness: rule.regression != nil
        case .elsewhere: rule.background != nil
        case .contrast, .rise: rule.contrast != nil
        }
      guard isThere else {
        throw .malformed(what: what, expected: "what \(term.measure.rawValue) compares with")
      }
    }
    return rule
  }

  private func classDistance(_ dimension: Int) throws(HeadError) -> ClassDistance? {
    guard file.entry("unknown.parts") != nil else { return nil }
    let ranges = try parts("unknown.parts", count: 1...16, dimension)
    let weight = 1 / Float(ranges.count)
    let treatment = EmbeddingTreatment(
      blocks: ranges.map { .init(range: $0, weight: weight) })
    guard let means = try knownShots("unknown.means", treatment.width), means.dimension == treatment.width
    else { throw .malformed(what: "unknown.means", expected: "a row a class, as wide as the parts") }
    let directions = try knownShots("unknown.directions", treatment.width)
    guard directions?.dimension ?? treatment.width == treatment.width else {
      throw .malformed(what: "unknown.directions", expected: "rows as wide as the parts")
    }
    let floor = try floats("unknown.floor", shape: [1])[0]
    guard floor > 1e-20 else { throw .malformed(what: "unknown.floor", expected: "a number above zero") }
    return ClassDistance(
      treatment: treatment, means: means, directions: directions,
      images: try floats("unknown.images", shape: [means.count, (directions?.count ?? 0) + 1]), floor: floor)
  }

  private func backgroundPictures(_ dimension: Int) throws(HeadError) -> BackgroundPictures? {
    guard let pictures = try knownShots("unknown.background", dimension) else { return nil }
    guard file.entry("unknown.background.part") != nil else {
      return BackgroundPictures(part: 0..<pictures.dimension, pictures: pictures, neighbours: 1)
    }
    let part = try parts("unknown.background.part", count: 1...1, dimension)[0]
    guard part.count == pictures.dimension else {
      throw .malformed(what: "unknown.background", expected: "rows as wide as their part")
    }
    let neighbours = file.elements(
      of: try entry("unknown.background.neighbours", .i32, shape: [1]), as: Int32.self)[0]
    guard neighbours > 0 else {
      throw .malformed(what: "unknown.background.neighbours", expected: "a number above zero")
    }
    return BackgroundPictures(part: part, pictures: pictures, neighbours: Int(neighbours))
  }

  /// Ranges of an embedding, a start and a length each.
  private func parts(_ name: String, count: ClosedRange<Int>, _ dimension: Int) throws(HeadError)
    -> [Range<Int>]
  {
    guard let shape = file.entry(name)?.shape, shape.count == 2, count ~= shape[0] else {
      throw .malformed(what: name, expected: "a start and a length a part")
    }
    let numbers = file.elements(of: try entry(name, .i32, shape: [shape[0], 2]), as: Int32.self).map(Int.init)
    let ranges = stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    guard ranges.allSatisfy({ $0 >= 0 && $1 > 0 && $0 <= dimension && $1 <= dimension - $0 }) else {
      throw .malformed(what: name, expected: "parts of an embedding")
    }
    return ranges.map { $0..<$0 + $1 }
  }

  private func knownShots(_ name: String, _ dimension: Int) throws(HeadError) -> KnownShots? {
    guard let found = file.entry(name) else { return nil }
    guard found.shape.count == 2, found.shape[0] > 0, 1...dimension ~= found.shape[1] else {
      throw .malformed(what: name, expected: "rows, no longer than an embedding")
    }
    let codes = file.elements(of: try entry(name, .i8, shape: found.shape), as: Int8.self)
    return KnownShots(
      dimension: found.shape[1], codes: codes, scales: try floats(name + ".scale", shape: [found.shape[0]]))
  }

  /// A mean and a deviation for every number that the head reads.
  func sourceStatistics(_ width: Int) throws(HeadError) -> SourceStatistics? {
    guard file.entry("source.mean") != nil else { return nil }
    let deviation = try floats("source.deviation", shape: [width])
    guard deviation.allSatisfy({ $0 >= 0 }) else {
      throw .malformed(what: "source.deviation", expected: "no number below zero")
    }
    return SourceStatistics(mean: try floats("source.mean", shape: [width]), deviation: deviation)
  }
}

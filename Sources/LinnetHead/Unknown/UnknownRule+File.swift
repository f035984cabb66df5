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
      ("unknown.shots", shots), ("unknown.background", background),
      ("unknown.regression", regression?.weights),
    ] {
      guard let shots else { continue }
      try writer.add(name, shape: [shots.count, shots.dimension], shots.codes)
      try writer.add(name + ".scale", shape: [shots.count], shots.scales)
    }
    if let regression {
      try writer.add("unknown.regression.bias", shape: [regression.bias.count], regression.bias)
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
      throw .malformed(what: what, expected: "terms with measure, mean, deviation and weight")
    }
    rule.shots = try knownShots("unknown.shots", dimension)
    rule.background = try knownShots("unknown.background", dimension)
    if let weights = try knownShots("unknown.regression", dimension) {
      let bias = try floats("unknown.regression.bias", shape: [weights.count])
      rule.regression = BackgroundRegression(weights: weights, bias: bias)
    }
    for term in rule.terms {
      let isThere =
        switch term.measure {
        case .probability, .certainty: true
        case .cosine: hasPrototypes
        case .nearest: rule.shots != nil
        case .foreground, .likeness: rule.regression != nil
        case .elsewhere: rule.background != nil
        }
      guard isThere else {
        throw .malformed(what: what, expected: "what \(term.measure.rawValue) compares with")
      }
    }
    return rule
  }

  private func knownShots(_ name: String, _ dimension: Int) throws(HeadError) -> KnownShots? {
    guard let found = file.entry(name) else { return nil }
    guard found.shape.count == 2, found.shape[0] > 0, 1...dimension ~= found.shape[1] else {
      throw .malformed(what: name, expected: "a row a shot, no longer than an embedding")
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

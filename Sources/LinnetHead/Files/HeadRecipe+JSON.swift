internal import LinnetSafetensors

/// The form in head files (`FORMAT.md`): what is not usual, each under its name. The method stands beside it, the
/// treatment with the head's own.
extension HeadRecipe {
  func write(to writer: inout JSONWriter) {
    let usual = HeadRecipe(method)
    writer.beginObject()
    if treatment != nil {
      writer.key("treatment")
      writer.value("given")
    }
    if balance != usual.balance {
      writer.key("balance")
      writer.value(balance.rawValue)
    }
    if focal != usual.focal {
      writer.key("focal")
      writer.value(focal)
    }
    if let regularisation {
      writer.key("regularisation")
      writer.value(regularisation)
    }
    if neighbours != usual.neighbours {
      writer.key("neighbours")
      writer.value(neighbours)
    }
    if perceptron != usual.perceptron {
      writer.key("perceptron")
      perceptron.write(to: &writer)
    }
    if unknown != usual.unknown {
      writer.key("unknown")
      unknown.write(to: &writer)
    }
    if thresholds != usual.thresholds {
      writer.key("thresholds")
      writer.value(thresholds.rawValue)
    }
    if seed != usual.seed {
      writer.key("seed")
      // As text: a JSON number of 64 bits does not survive every reader.
      writer.value(String(seed, radix: 16))
    }
    writer.endObject()
  }

  /// `nil` when the value is not of that form; keys that are not known are left alone.
  init?(_ method: HeadMethod, _ value: JSONValue, treatment: EmbeddingTreatment) {
    guard value.object != nil else { return nil }
    self.init(method)
    if let given = value["treatment"] {
      guard given.string == "given" else { return nil }
      self.treatment = treatment
    }
    if let balance = value["balance"] {
      guard let balance = balance.string.flatMap(ClassBalance.init) else { return nil }
      self.balance = balance
    }
    if let focal = value["focal"] {
      guard let focal = focal.float, 0...100 ~= focal else { return nil }
      self.focal = focal
    }
    if let regularisation = value["regularisation"] {
      guard let regularisation = regularisation.float, regularisation > 0, regularisation.isFinite else {
        return nil
      }
      self.regularisation = regularisation
    }
    if let neighbours = value["neighbours"] {
      guard let neighbours = neighbours.integer, 1...1_000_000 ~= neighbours else { return nil }
      self.neighbours = neighbours
    }
    if let perceptron = value["perceptron"] {
      guard let perceptron = PerceptronRecipe(perceptron) else { return nil }
      self.perceptron = perceptron
    }
    if let value = value["unknown"] {
      guard let unknown = UnknownRecipe(value) else { return nil }
      self.unknown = unknown
    }
    if let value = value["thresholds"] {
      guard let thresholds = value.string.flatMap({ ThresholdScope(rawValue: $0) }) else { return nil }
      self.thresholds = thresholds
    }
    if let seed = value["seed"] {
      guard let seed = seed.string.flatMap({ UInt64($0, radix: 16) }) else { return nil }
      self.seed = seed
    }
  }
}

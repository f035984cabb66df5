internal import LinnetAlgebra
internal import LinnetSafetensors

extension Perceptron {
  func write(to writer: inout SafetensorsWriter) throws(SafetensorsError) {
    try writer.add("hidden", shape: [hidden.rows, hidden.columns], hidden.dense)
    try writer.add("hidden.bias", shape: [hidden.rows], hiddenBias)
    try writer.add("output", shape: [output.rows, output.columns], output.dense)
    try writer.add("output.bias", shape: [output.rows], outputBias)
  }
}

extension HeadReader {
  func perceptron(_ classCount: Int, _ dimension: Int) throws(HeadError) -> Perceptron {
    guard let width = file.entry("hidden")?.shape.first, 1...Perceptron.greatestWidth ~= width else {
      throw .malformed(
        what: "hidden", expected: "a tensor F32 [1…\(Perceptron.greatestWidth), \(dimension)]")
    }
    let hidden = try floats("hidden", shape: [width, dimension])
    let output = try floats("output", shape: [classCount, width])
    return Perceptron(
      hidden: Matrix(rows: width, columns: dimension, dense: hidden),
      hiddenBias: try floats("hidden.bias", shape: [width]),
      output: Matrix(rows: classCount, columns: width, dense: output),
      outputBias: try floats("output.bias", shape: [classCount]))
  }
}

/// The form in head files: what is not usual, each under its name.
extension PerceptronRecipe {
  func write(to writer: inout JSONWriter) {
    let usual = PerceptronRecipe()
    writer.beginObject()
    if hidden != usual.hidden {
      writer.key("hidden")
      writer.value(hidden)
    }
    if dropout != usual.dropout {
      writer.key("dropout")
      writer.value(dropout)
    }
    if optimiser != usual.optimiser {
      writer.key("optimiser")
      writer.value(optimiser.rawValue)
    }
    if let rate {
      writer.key("rate")
      writer.value(rate)
    }
    if epochs != usual.epochs {
      writer.key("epochs")
      writer.value(epochs)
    }
    if batch != usual.batch {
      writer.key("batch")
      writer.value(batch)
    }
    if patience != usual.patience {
      writer.key("patience")
      writer.value(patience)
    }
    if decay != usual.decay {
      writer.key("decay")
      writer.value(decay)
    }
    writer.endObject()
  }

  /// `nil` when the value is not of that form, or a number out of its range.
  init?(_ value: JSONValue) {
    guard value.object != nil else { return nil }
    self.init()
    if let text = value["optimiser"] {
      guard let optimiser = text.string.flatMap(Optimiser.init) else { return nil }
      self.optimiser = optimiser
    }
    func whole(_ key: String, _ usual: Int) -> Int { value[key].map { $0.integer ?? -1 } ?? usual }
    func number(_ key: String, _ usual: Float) -> Float { value[key].map { $0.float ?? -1 } ?? usual }
    hidden = whole("hidden", hidden)
    epochs = whole("epochs", epochs)
    batch = whole("batch", batch)
    patience = whole("patience", patience)
    dropout = number("dropout", dropout)
    decay = number("decay", decay)
    if value["rate"] != nil { rate = number("rate", -1) }
    guard isValid else { return nil }
  }
}

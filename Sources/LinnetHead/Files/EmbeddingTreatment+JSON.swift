internal import LinnetSafetensors

/// The form in head files (`FORMAT.md`); centre and deviation are tensors beside it.
extension EmbeddingTreatment {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("blocks")
    writer.beginArray()
    for block in blocks {
      writer.beginArray()
      writer.value(block.range.lowerBound)
      writer.value(block.range.upperBound)
      writer.value(block.weight)
      writer.value(block.power.rawValue)
      writer.endArray()
    }
    writer.endArray()
    writer.key("normalised")
    writer.value(isNormalised)
    writer.key("whole")
    writer.value(normalisesWhole)
    writer.endObject()
  }

  /// `nil` when the value is not of that form.
  init?(_ value: JSONValue) {
    guard let blocks = value["blocks"]?.array,
      let isNormalised = value["normalised"]?.boolean, let normalisesWhole = value["whole"]?.boolean
    else { return nil }
    var parts: [Block] = []
    for block in blocks {
      guard let block = block.array, 3...4 ~= block.count, let start = block[0].integer,
        let end = block[1].integer, let weight = block[2].float,
        let power = block.count == 3 ? Power.none : block[3].string.flatMap({ Power(rawValue: $0) }),
        0 <= start,
        start < end, end <= 65536
      else { return nil }
      parts.append(Block(range: start..<end, weight: weight, power: power))
    }
    self.init(
      blocks: parts, isNormalised: isNormalised, normalisesWhole: normalisesWhole)
  }
}

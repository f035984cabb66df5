internal import LinnetSafetensors
internal import LinnetTensor

/// Turns the JSON of `linnet.graph` into a ``Graph``, and refuses whatever breaks a rule of FORMAT.md.
struct GraphReader {
  let file: SafetensorsFile
  /// `linnet.format`.
  let format: Int

  static let greatestExtent = 65_536
  static let greatestCount = 1 << 28
  static let greatestOperators = 65_536
  static let greatestVector = 65_536

  func graph(_ json: JSONValue) throws(ModelError) -> Graph {
    guard let tensorList = json["tensors"]?.array, let operatorList = json["operators"]?.array else {
      throw .invalid(place: "linnet.graph", rule: "it has no lists \"tensors\" and \"operators\"")
    }
    guard tensorList.count <= GraphReader.greatestOperators * 2,
      operatorList.count <= GraphReader.greatestOperators
    else { throw .invalid(place: "linnet.graph", rule: "it has too many tensors or operators") }

    var tensors: [TensorDescription] = []
    tensors.reserveCapacity(tensorList.count)
    for (index, entry) in tensorList.enumerated() {
      tensors.append(try tensor(entry, place: "tensor \(index)"))
    }
    let input = try index(json["input"], below: tensors.count, place: "linnet.graph", key: "input")
    let output = try index(json["output"], below: tensors.count, place: "linnet.graph", key: "output")
    guard tensors[input].quantisation != nil else {
      throw .invalid(place: "tensor \(input)", rule: "the input must be int8")
    }
    let taps = try taps(json["taps"], tensors: tensors, output: output)

    var isMade = [Bool](repeating: false, count: tensors.count)
    isMade[input] = true
    var names = Set<String>()
    var operators: [Operator] = []
    operators.reserveCapacity(operatorList.count)
    for (index, entry) in operatorList.enumerated() {
      let step = try read(entry, tensors: tensors, outputs: taps + [output], place: "operator \(index)")
      let place = "operator \(step.name)"
      guard names.insert(step.name).inserted else {
        throw .invalid(place: place, rule: "two operators have its name")
      }
      for source in step.inputs where !isMade[source] {
        throw .invalid(place: place, rule: "it reads tensor \(source) before that is made")
      }
      guard !isMade[step.output] else {
        throw .invalid(place: place, rule: "it writes tensor \(step.output), which is made already")
      }
      isMade[step.output] = true
      if case .statistics = step.kind {
        guard format >= 2 else { throw .invalid(place: place, rule: "format 1 has no statistics") }
        guard taps.contains(step.output) else {
          throw .invalid(place: place, rule: "its output is not among the taps")
        }
      } else if taps.contains(step.output) {
        throw .invalid(place: place, rule: "its output is a tap, and only statistics are")
      }
      operators.append(step)
    }
    guard isMade[output] else {
      throw .invalid(place: "tensor \(output)", rule: "no operator makes the output")
    }
    for (index, made) in isMade.enumerated() where !made {
      throw .invalid(place: "tensor \(index)", rule: "no operator makes it")
    }
    return Graph(tensors: tensors, operators: operators, input: input, output: output, taps: taps)
  }

  private func taps(
    _ json: JSONValue?, tensors: [TensorDescription], output: Int
  ) throws(ModelError) -> [Int] {
    guard let json else { return [] }
    guard format >= 2 else { throw .invalid(place: "linnet.graph", rule: "format 1 has no taps") }
    guard let list = json.array, !list.isEmpty, list.count <= tensors.count else {
      throw .invalid(place: "linnet.graph", rule: "its \"taps\" are not a list of tensors")
    }
    var taps: [Int] = []
    var count = tensors[output].shape.count
    for entry in list {
      let tap = try index(entry, below: tensors.count, place: "linnet.graph", key: "taps")
      guard tap != output, !taps.contains(tap) else {
        throw .invalid(place: "tensor \(tap)", rule: "it stands twice among output and taps")
      }
      taps.append(tap)
      count += tensors[tap].shape.count
      guard count <= GraphReader.greatestVector else {
        throw .invalid(
          place: "linnet.graph", rule: "output and taps have more than \(GraphReader.greatestVector) numbers")
      }
    }
    return taps
  }

  private func tensor(_ json: JSONValue, place: String) throws(ModelError) -> TensorDescription {
    guard let name = json["name"]?.string else { throw .invalid(place: place, rule: "it has no \"name\"") }
    let extents = try integers(
      json["shape"], count: 3, in: 1...GraphReader.greatestExtent, place: place, key: "shape")
    let shape = Shape(height: extents[0], width: extents[1], channels: extents[2])
    guard let count = shape.checkedCount, count <= GraphReader.greatestCount else {
      throw .invalid(place: place, rule: "its shape \(shape.text) is too large")
    }
    switch json["type"]?.string {
    case "float32": return TensorDescription(name: name, shape: shape, quantisation: nil)
    case "int8":
      guard let scale = json["scale"]?.float, scale.isFinite, scale > 0, scale.isNormal else {
        throw .invalid(place: place, rule: "its \"scale\" is not a finite number above zero")
      }
      let zeroPoint = try integer(json["zero_point"], in: -128...127, place: place, key: "zero_point")
      return TensorDescription(
        name: name, shape: shape, quantisation: Quantisation(scale: scale, zeroPoint: Int32(zeroPoint)))
    default: throw .invalid(place: place, rule: "its \"type\" is neither \"int8\" nor \"float32\"")
    }
  }

  func preprocessing(_ json: JSONValue?, input: Shape) throws(ModelError) -> Preprocessing? {
    guard let json, json != .null else { return nil }
    let place = "preprocessing"
    guard input.channels == 3 else {
      throw .invalid(place: place, rule: "pictures have 3 channels and the input has \(input.channels)")
    }
    let fit: Preprocessing.Fit
    switch json["fit"]?.string {
    case "stretch": fit = .stretch
    case "crop":
      guard let fraction = json["crop"]?.double, fraction > 0, fraction <= 1 else {
        throw .invalid(place: place, rule: "its \"crop\" is not a fraction above 0 and at most 1")
      }
      fit = .centreCrop(fraction: fraction)
    default: throw .invalid(place: place, rule: "its \"fit\" is neither \"crop\" nor \"stretch\"")
    }
    let filter: Preprocessing.Filter
    switch json["filter"]?.string {
    case "bicubic": filter = .bicubic
    case "bilinear": filter = .bilinear
    default: throw .invalid(place: place, rule: "its \"filter\" is neither \"bicubic\" nor \"bilinear\"")
    }
    let order: Preprocessing.ChannelOrder
    switch json["order"]?.string {
    case "RGB": order = .rgb
    case "BGR": order = .bgr
    default: throw .invalid(place: place, rule: "its \"order\" is neither \"RGB\" nor \"BGR\"")
    }
    let mean = try colours(json["mean"], place: place, key: "mean")
    let deviation = try colours(json["deviation"], place: place, key: "deviation")
    guard deviation.min() > 0 else { throw .invalid(place: place, rule: "a \"deviation\" is not above zero") }
    return Preprocessing(
      width: input.width, height: input.height, fit: fit, filter: filter, mean: mean, deviation: deviation,
      order: order)
  }

  private func colours(_ json: JSONValue?, place: String, key: String) throws(ModelError) -> SIMD3<Float> {
    guard let list = json?.array, list.count == 3, let x = list[0].float, let y = list[1].float,
      let z = list[2].float, x.isFinite, y.isFinite, z.isFinite
    else { throw .invalid(place: place, rule: "its \"\(key)\" is not a list of three numbers") }
    return SIMD3(x, y, z)
  }
}

// MARK: Numbers with bounds

extension GraphReader {
  func integer(
    _ json: JSONValue?, in range: ClosedRange<Int>, place: String, key: String
  ) throws(ModelError) -> Int {
    guard let value = json?.integer, range.contains(value) else {
      throw .invalid(
        place: place, rule: "its \"\(key)\" is not an integer of \(range.lowerBound)…\(range.upperBound)")
    }
    return value
  }

  func index(_ json: JSONValue?, below count: Int, place: String, key: String) throws(ModelError) -> Int {
    guard let value = json?.integer, value >= 0, value < count else {
      throw .invalid(place: place, rule: "its \"\(key)\" is not the number of a tensor")
    }
    return value
  }

  func integers(
    _ json: JSONValue?, count: Int, in range: ClosedRange<Int>, place: String, key: String
  ) throws(ModelError) -> [Int] {
    guard let list = json?.array, list.count == count else {
      throw .invalid(place: place, rule: "its \"\(key)\" is not a list of \(count) integers")
    }
    var values: [Int] = []
    for entry in list { values.append(try integer(entry, in: range, place: place, key: key)) }
    return values
  }
}

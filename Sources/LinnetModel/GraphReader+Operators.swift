internal import LinnetSafetensors
internal import LinnetTensor

extension GraphReader {
  /// One operator, checked against the tensors that it reads and makes.
  func read(
    _ json: JSONValue, tensors: [TensorDescription], outputs: [Int], place: String
  ) throws(ModelError) -> Operator {
    guard let name = json["name"]?.string, !name.isEmpty else {
      throw .invalid(place: place, rule: "it has no \"name\"")
    }
    let place = "operator \(name)"
    guard let list = json["inputs"]?.array, !list.isEmpty, list.count <= 1024 else {
      throw .invalid(place: place, rule: "its \"inputs\" are not a list of tensors")
    }
    var inputs: [Int] = []
    for entry in list { inputs.append(try index(entry, below: tensors.count, place: place, key: "inputs")) }
    let output = try index(json["output"], below: tensors.count, place: place, key: "output")
    for source in inputs where tensors[source].quantisation == nil {
      throw .invalid(place: place, rule: "it reads tensor \(source), which is float32")
    }
    if tensors[output].quantisation == nil, !outputs.contains(output) {
      throw .invalid(place: place, rule: "only the network's output and its taps may be float32")
    }
    let scope = OperatorScope(
      reader: self, json: json, place: place, inputs: inputs.map { tensors[$0] }, output: tensors[output])
    return Operator(name: name, kind: try scope.kind(), inputs: inputs, output: output)
  }
}

/// One operator while it is being read: its JSON, and the tensors on both sides.
struct OperatorScope {
  let reader: GraphReader
  let json: JSONValue
  let place: String
  let inputs: [TensorDescription]
  let output: TensorDescription

  var x: TensorDescription { inputs[0] }

  func kind() throws(ModelError) -> Operator.Kind {
    let kind = json["kind"]?.string ?? ""
    let takesMany = kind == "concatenation"
    let expected = kind == "add" ? 2 : 1
    guard takesMany || inputs.count == expected else { throw broken("it must have \(expected) inputs") }
    let mayBeFloat = ["mean", "softmax", "dequantise", "statistics"].contains(kind)
    guard mayBeFloat || output.quantisation != nil else { throw broken("its output must be int8") }
    switch kind {
    case "convolution": return try convolution()
    case "depthwise": return try depthwise()
    case "fully_connected": return try fullyConnected()
    case "add": return try add()
    case "average_pool":
      return .averagePool(try pool(), range: try range())
    case "maximum_pool":
      try requireSameQuantisation()
      return .maximumPool(try pool(), range: try range())
    case "mean":
      try requireOutput(Shape(height: 1, width: 1, channels: x.shape.channels))
      try requireSummable(positions: x.shape.height * x.shape.width)
      return .mean
    case "statistics":
      guard output.quantisation == nil else { throw broken("its output must be float32") }
      try requireOutput(Shape(height: 1, width: 1, channels: 2 * x.shape.channels))
      try requireSummable(positions: x.shape.height * x.shape.width)
      return .statistics
    case "pad": return try pad()
    case "reshape":
      try requireSameQuantisation()
      guard x.shape.count == output.shape.count else {
        throw broken("its output has another number of elements")
      }
      return .reshape
    case "concatenation": return try concatenation()
    case "requantise":
      try requireOutput(x.shape)
      try requireComparable(x)
      return .requantise
    case "softmax":
      try requireOutput(x.shape)
      return .softmax
    case "dequantise":
      guard output.quantisation == nil else { throw broken("its output must be float32") }
      try requireOutput(x.shape)
      return .dequantise
    default: throw broken("its kind \"\(kind)\" is unknown")
    }
  }

  private func add() throws(ModelError) -> Operator.Kind {
    try requireOutput(x.shape)
    guard inputs[1].shape == x.shape else { throw broken("its inputs have different shapes") }
    guard let a = x.quantisation, let b = inputs[1].quantisation, let sum = output.quantisation,
      let parameters = AdditionParameters(a: a, b: b, sum: sum)
    else { throw broken("the scales of its inputs and output are too far apart") }
    return .add(parameters, range: try range())
  }

  private func pool() throws(ModelError) -> WindowShape {
    let window = try window()
    let (kernel, padding) = (window.kernel, window.padding)
    guard padding.top < kernel.height, padding.bottom < kernel.height, padding.left < kernel.width,
      padding.right < kernel.width
    else { throw broken("its padding is not smaller than its kernel") }
    guard window.output(over: x.shape) == output.shape else { throw broken("its output has the wrong shape") }
    try requireSummable(positions: min(kernel.height, x.shape.height) * min(kernel.width, x.shape.width))
    return window
  }

  private func pad() throws(ModelError) -> Operator.Kind {
    try requireSameQuantisation()
    let padding = try padding()
    try requireOutput(
      Shape(
        height: x.shape.height + padding.top + padding.bottom,
        width: x.shape.width + padding.left + padding.right, channels: x.shape.channels))
    return .pad(padding)
  }

  private func concatenation() throws(ModelError) -> Operator.Kind {
    var channels = 0
    for input in inputs {
      guard input.shape.height == x.shape.height, input.shape.width == x.shape.width else {
        throw broken("its inputs have different heights or widths")
      }
      try requireComparable(input)
      channels += input.shape.channels
    }
    try requireOutput(Shape(height: x.shape.height, width: x.shape.width, channels: channels))
    return .concatenation
  }
}

// MARK: Attributes

extension OperatorScope {
  func broken(_ rule: String) -> ModelError { .invalid(place: place, rule: rule) }

  func requireOutput(_ shape: Shape) throws(ModelError) {
    guard output.shape == shape else {
      throw broken("its output is \(output.shape.text) and must be \(shape.text)")
    }
  }

  func requireSameQuantisation() throws(ModelError) {
    guard output.quantisation == x.quantisation else {
      throw broken("its output has another scale or zero point")
    }
  }

  /// A sum over so many codes fits 32 bits, and so does its mean in the output's scale.
  func requireSummable(positions: Int) throws(ModelError) {
    guard positions <= 1 << 22 else { throw broken("it sums over too many positions") }
    try requireComparable(x)
  }

  /// No difference of codes of `input` leaves 32 bits in the output's scale.
  func requireComparable(_ input: TensorDescription) throws(ModelError) {
    guard let from = input.quantisation, let to = output.quantisation else { return }
    guard from.scale / to.scale < 0x1p22 else {
      throw broken("the scales of its input and output are too far apart")
    }
  }

  func range() throws(ModelError) -> ClosedRange<Int32> {
    let bounds = try reader.integers(json["range"], count: 2, in: -128...127, place: place, key: "range")
    guard bounds[0] <= bounds[1] else { throw broken("its \"range\" is empty") }
    return Int32(bounds[0])...Int32(bounds[1])
  }

  func padding() throws(ModelError) -> Padding {
    let margins = try reader.integers(
      json["padding"], count: 4, in: 0...GraphReader.greatestExtent, place: place, key: "padding")
    return Padding(top: margins[0], left: margins[1], bottom: margins[2], right: margins[3])
  }

  func window() throws(ModelError) -> WindowShape {
    let limits = 1...GraphReader.greatestExtent
    let kernel = try reader.integers(json["kernel"], count: 2, in: limits, place: place, key: "kernel")
    let stride = try reader.integers(json["stride"], count: 2, in: limits, place: place, key: "stride")
    return WindowShape(
      kernel: Extent(height: kernel[0], width: kernel[1]),
      stride: Extent(height: stride[0], width: stride[1]),
      padding: try padding())
  }
}

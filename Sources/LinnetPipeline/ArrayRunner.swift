internal import LinnetModel
public import LinnetRuntime
internal import LinnetTensor

/// Runs arrays, batch axis first, through a network as they are.
public struct ArrayRunner {
  private let session: Session
  private let input: NumPyArray
  private let isFloat: Bool
  /// How many inputs the array holds.
  public let batch: Int

  /// - Parameters:
  ///   - name: how messages call the array.
  ///   - isFloat: outputs are real numbers, and a float array is quantised; otherwise arrays are codes, uint8 ones shifted by 128.
  public init(session: Session, input: NumPyArray, name: String, isFloat: Bool) throws(PipelineError) {
    func broken(_ reason: String) -> PipelineError { .badArray(path: name, reason: reason) }
    let shape = session.model.inputShape
    let extents = [shape.height, shape.width, shape.channels]
    // A vector may be given as (batch, n), and extents of one may be left out anywhere.
    let wanted = extents.filter { $0 != 1 }
    if input.shape.filter({ $0 != 1 }) == wanted && input.shape.first != nil
      && input.shape.count <= extents.count
      && !(input.shape.count == 2 && shape.height == 1 && shape.width == 1)
    {
      batch = 1
    } else if let count = input.shape.first, Array(input.shape.dropFirst()).filter({ $0 != 1 }) == wanted {
      batch = count
    } else {
      throw broken(
        "its shape is \(input.shape), and the model takes (batch, \(extents.map(String.init).joined(separator: ", ")))"
      )
    }
    let isReal = input.element == .float32 || input.element == .float64
    guard !isReal || isFloat else {
      throw broken("it holds real numbers; give --float to have them quantised")
    }
    self.session = session
    self.input = input
    self.isFloat = isFloat
  }

  /// Runs the whole batch; `progress` is told how many are done.
  public func run(_ progress: (Int) -> Void = { _ in }) -> NumPyArray {
    let model = session.model
    let output = model.graph.tensors[model.graph.output]
    let count = model.inputShape.count
    let shape = output.shape
    let extents =
      shape.height == 1 && shape.width == 1 ? [shape.channels] : [shape.height, shape.width, shape.channels]
    let isReal = isFloat || output.type == .float32
    var result = NumPyArray(element: isReal ? .float32 : .int8, shape: [batch] + extents, bytes: [])
    result.bytes.reserveCapacity(batch * shape.count * result.element.size)
    var embedding: [Float] = []
    for index in 0..<batch {
      session.withInput { codes in
        for place in 0..<count { codes[place] = code(index * count + place, model.inputQuantisation) }
      }
      session.run()
      if isReal {
        session.copyEmbedding(into: &embedding)
        result.bytes += NumPyArray(Array(embedding.prefix(shape.count)), shape: [shape.count]).bytes
      } else {
        session.withOutput { bytes in
          for place in 0..<bytes.byteCount {
            result.bytes.append(unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self))
          }
        }
      }
      progress(index + 1)
    }
    return result
  }

  private func code(_ place: Int, _ quantisation: Quantisation) -> Int8 {
    switch input.element {
    case .int8: Int8(bitPattern: input.bytes[place])
    case .uint8: Int8(truncatingIfNeeded: Int(input.bytes[place]) - 128)
    case .float32, .float64: quantisation.code(input.real(place))
    }
  }
}

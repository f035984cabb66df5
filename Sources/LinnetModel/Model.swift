public import LinnetSafetensors
public import LinnetTensor

/// A frozen network over its mapped file: validated when opened, read-only, shared by any number of sessions.
///
/// The weights are used where they lie in the file; the file must not be shortened while the model lives.
public final class Model: Sendable {
  /// Short name, e.g. `efficientnet-lite0`.
  public let name: String
  /// Where the weights come from.
  public let source: String
  public let license: String
  /// `sha256:…`, which heads and cached embeddings belong to; claimed by the file, see ``verifyDigest()``.
  public let digest: String
  public let graph: Graph
  /// What a picture goes through first; `nil` for a network that takes none.
  public let preprocessing: Preprocessing?
  /// The container, for the bytes of ``Operator/Weights``.
  public let file: SafetensorsFile
  private let graphText: String

  /// Maps and validates a `.linnet` file.
  public convenience init(path: String) throws(ModelError) {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(path: path) } catch { throw .container(error) }
    try self.init(file: file)
  }

  /// Copies and validates the bytes of a `.linnet` file.
  public convenience init(bytes: [UInt8]) throws(ModelError) {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(bytes: bytes) } catch { throw .container(error) }
    try self.init(file: file)
  }

  private init(file: SafetensorsFile) throws(ModelError) {
    func metadata(_ key: String) throws(ModelError) -> String {
      guard let value = file.metadata[key] else { throw .notAModel(missing: key) }
      return value
    }
    let format = try metadata("linnet.format")
    guard let version = Model.formats.first(where: { "\($0)" == format }) else {
      throw .unsupportedFormat(format)
    }
    name = try metadata("linnet.name")
    source = try metadata("linnet.source")
    license = try metadata("linnet.license")
    digest = try metadata("linnet.digest")
    graphText = try metadata("linnet.graph")
    guard Model.isDigest(digest) else {
      throw .invalid(place: "linnet.digest", rule: "it is not \"sha256:\" and 64 hexadecimal digits")
    }
    let json: JSONValue
    do { json = try JSONValue.parse(graphText) } catch { throw .graphSyntax(error) }
    let reader = GraphReader(file: file, format: version)
    graph = try reader.graph(json)
    preprocessing = try reader.preprocessing(json["preprocessing"], input: graph.tensors[graph.input].shape)
    self.file = file
  }

  /// What `linnet.format` may be: 2 has taps.
  private static let formats = 1...2

  private static func isDigest(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 71, text.hasPrefix("sha256:") else { return false }
    return bytes[7...].allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// Whether graph and tensors are those that ``digest`` was made from. Reads the whole file.
  public func verifyDigest() -> Bool {
    digest == SHA256.text(file.sha256(prefix: graphText))
  }
}

extension Model {
  public var inputShape: Shape { graph.tensors[graph.input].shape }
  public var outputShape: Shape { graph.tensors[graph.output].shape }

  /// Widths of what a session's vector consists of, in order: the output, then of every tap the means and the deviations.
  public var blocks: [Int] {
    [outputShape.count]
      + graph.taps.flatMap { tap in
        let channels = graph.tensors[tap].shape.channels / 2
        return [channels, channels]
      }
  }

  /// Numbers of a session's vector.
  public var dimension: Int { blocks.reduce(0, +) }

  /// How the codes of the input are read; the reader has made sure that the input is int8.
  public var inputQuantisation: Quantisation {
    graph.tensors[graph.input].quantisation ?? Quantisation(scale: 1, zeroPoint: 0)
  }
}

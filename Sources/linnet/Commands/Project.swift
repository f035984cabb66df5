internal import ArgumentParser
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetReport
internal import LinnetSafetensors
internal import LinnetStore

struct Project: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project",
    abstract: "Draw a map of the captures: what looks alike lies together.",
    discussion: """
      Writes one self-contained page with a mark for each capture, in its class's colour; pointing at a mark shows \
      the picture. Classes that overlap are hard to tell apart, a lone mark amid another class may have the wrong \
      label. The map has the two directions in which the embeddings differ most (principal components); \
      toolchain/project/linnet-project makes others (t-SNE) on a developer's computer, which --layout draws.

      EXAMPLES
        linnet project -o map.html
        linnet project pictures -o map.html
        linnet project pictures --layout tsne.npy -o map.html

      JSON: output, captures, classes, method, variance (shares of the two axes, null with --layout), points (name, \
      label, x, y).
      """)

  @OptionGroup var captures: CaptureOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The page to write.", valueName: "map.html"),
    completion: .file(extensions: ["html"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Places made elsewhere, a row of x and y for each row of linnet embed.", valueName: "xy.npy"),
    completion: .file(extensions: ["npy"]))
  var layout: String?

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let store = try place.open()
    let list = try captures.list(store)
    let embedder = try backbone.openEmbedder(of: captures.set, in: store)
    let (embedded, rows, unreadable) = try list.embedded(by: embedder, progress: "embedding")
    for each in unreadable { complain(each.reason.description) }
    let projection =
      try layout.map { try read($0, count: embedded.count) } ?? Projection(principalAxesOf: embedded)
    let thumbnails = thumbnails(of: rows.map { list.paths[$0] })
    let page = projection.page(
      of: embedded, thumbnails: thumbnails, title: "Captures of \(Folder.name(of: captures.name))")
    try reporting { try writeAtomically(Array(page.utf8), to: output) }
    if json.isOn { Output().line(line(projection, embedded)) }
    if !unreadable.isEmpty { throw Failure(.failed) }
  }

  private func read(_ path: String, count: Int) throws -> Projection {
    let array = try reporting { try NumPyArray(path: path) }
    guard array.shape == [count, 2] else {
      let shape = array.shape.map { "\($0)" }.joined(separator: " × ")
      throw Failure(.failed, "\(path) is an array of \(shape); \(count) captures need \(count) × 2")
    }
    let points = (0..<count).map { SIMD2(array.real(2 * $0), array.real(2 * $0 + 1)) }
    guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      throw Failure(.failed, "\(path) has places that are no numbers")
    }
    return Projection(points: points, method: "layout of \(Folder.name(of: path))")
  }

  /// Of very many captures smaller ones, so that the page still opens on a telephone.
  private func thumbnails(of paths: [String]) -> [DataURI?] {
    let side = paths.count > 1500 ? 48 : 112
    var result: [DataURI?] = []
    inParallel(
      count: paths.count, threads: backbone.threadCount, state: {},
      work: { _, index in thumbnail(of: .file(paths[index]), side: side) },
      deliver: { _, thumbnail in result.append(thumbnail) })
    return result
  }

  private func line(_ projection: Projection, _ captures: LabelledCaptures) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("output", output)
    writer.member("captures", captures.count)
    writer.member("classes", captures.classes.count)
    writer.member("method", projection.method)
    writer.key("variance")
    if let shares = projection.shares {
      writer.beginArray()
      writer.value(shares.x)
      writer.value(shares.y)
      writer.endArray()
    } else {
      writer.null()
    }
    writer.key("points")
    writer.beginArray()
    for (index, point) in projection.points.enumerated() {
      writer.beginObject()
      writer.member("name", captures.names[index])
      writer.member("label", captures.classes[captures.classOf[index]])
      writer.member("x", point.x)
      writer.member("y", point.y)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }
}

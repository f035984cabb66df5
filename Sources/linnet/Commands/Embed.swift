internal import ArgumentParser
internal import LinnetHead
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore
internal import LinnetTensor

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Write the embeddings of pictures, for use elsewhere.",
    discussion: """
      Writes a NumPy array, float32, a row a picture, and beside it a text file with the pictures' names, a line \
      a row (x.txt beside x.npy). A picture that cannot be read is said on standard error and has no row.

      EXAMPLES
        linnet embed photos/ -o x.npy
        linnet embed a.jpg b.png -o x.npy
        linnet embed photos/ -o x.npy --all     the backbone's taps behind the embedding

      JSON: output, names, pictures, dimension, blocks (widths of what a row consists of: the embedding, then with \
      --all of each tapped layer the channels' means and their deviations), backbone.
      """)

  @Argument(help: "Pictures, folders with pictures, or - for standard input.", completion: .file())
  var pictures: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The array to write.", valueName: "x.npy"),
    completion: .file(extensions: ["npy"]))
  var output: String

  @Flag(help: "Write the whole vector: the embedding, and what the backbone taps of its inner layers.")
  var all = false

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let embedder = try backbone.openEmbedder(cachingIn: nil, isWhole: all)
    let (sources, missing) = try PictureList.read(pictures)
    var failures = missing
    var values: [Float] = []
    var names: [String] = []
    let bar = ProgressBar("embedding", total: sources.count)
    try reporting {
      try embedder.embed(sources) { index, outcome in
        switch outcome.embedding {
        case .success(let embedding):
          values += embedding
          names.append(sources[index].name)
        case .failure(let error):
          bar.clear()
          failures.add(error)
        }
        bar.update(index + 1)
      }
    }
    bar.clear()
    if names.isEmpty { throw failures.failure ?? Failure(.failed) }
    let dimension = embedder.dimension
    let list = names.map {
      $0.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }
    let namesPath = Self.namesPath(for: output)
    try reporting {
      try writeAtomically(NumPyArray(values, shape: [names.count, dimension]).encoded(), to: output)
      try writeAtomically(Array((list.joined(separator: "\n") + "\n").utf8), to: namesPath)
    }
    if json.isOn {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("output", output)
      writer.member("names", namesPath)
      writer.member("pictures", names.count)
      writer.member("dimension", dimension)
      writer.member("blocks", embedder.backbone.blocks)
      writer.member("backbone", embedder.backbone.digest)
      writer.endObject()
      Output().line(writer.text)
    }
    if let failure = failures.failure { throw failure }
  }

  /// `x.txt` for `x.npy`.
  private static func namesPath(for path: String) -> String {
    (path.hasSuffix(".npy") ? String(path.dropLast(4)) : path) + ".txt"
  }
}

internal import ArgumentParser
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Meta: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meta",
    abstract: "Learn from pictures of anything what to make of embeddings: a prior for new heads.",
    discussion: """
      The pictures need no labels, and should show as many different things as can be had, a thousand say; not the things \
      that heads will be taught. What comes out is a metric: which directions of an embedding say little of what is \
      shown, and beside it how a picture is like the backbone's own classes. Heads that are learned with it are right \
      more often from one shot or a few. The prior NAME.prior beside the backbone NAME.linnet is used by linnet train, \
      enrol and eval; it belongs to that backbone alone.

      EXAMPLES
        linnet meta photos/ -o models/efficientnet-lite0.prior
        linnet meta holidays/ garden/ workshop/ -o mine.prior

      JSON: prior (the file), pictures, dimension, width (numbers that a head sees), backbone.
      """)

  @Argument(help: "Folders with pictures of anything, or pictures.", completion: .directory)
  var pictures: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"),
    completion: .file(extensions: ["prior"]))
  var output: String

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let store = try place.open()
    let embedder = try backbone.openEmbedder(cachingIn: store)
    let (sources, missing) = try PictureList.read(pictures)
    var failures = missing
    var rows: [Float] = []
    var count = 0
    let bar = ProgressBar("embedding", total: sources.count)
    try reporting {
      try embedder.embed(sources) { index, outcome in
        switch outcome.embedding {
        case .success(let embedding):
          rows += embedding
          count += 1
        case .failure(let error):
          bar.clear()
          failures.add(error)
        }
        bar.update(index + 1)
      }
    }
    bar.clear()
    let classifier = try HeadPlace.builtInPath(beside: embedder.model).map(HeadPlace.read)
    let prior = try reporting {
      try MetricPrior.learn(
        rows, dimension: count == 0 ? 1 : rows.count / count, backbone: embedder.backbone,
        classifier: classifier)
    }
    try reporting { try prior.write(to: self.output) }
    let output = Output()
    if json.isOn {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("prior", self.output)
      writer.member("pictures", count)
      writer.member("dimension", prior.dimension)
      writer.member("width", prior.width)
      writer.member("backbone", prior.backbone.digest)
      writer.endObject()
      output.line(writer.text)
    } else {
      output.line("\(output.bold(self.output)): learned from \(count) pictures, for \(prior.backbone.name)")
    }
    if let failure = failures.failure { throw failure }
  }
}

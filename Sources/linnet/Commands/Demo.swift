internal import ArgumentParser
internal import LinnetPipeline
internal import LinnetStore

struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show the whole path on a few photographs.",
    discussion: """
      Names a photograph with the backbone's own classes, learns five things from five captures each, classifies captures that \
      it has not seen, rejects things that it was never shown, and says how long an image took. Nothing is kept. The pictures are \
      views cut from nine free photographs: they show that it works here, they measure nothing.

      EXAMPLES
        linnet demo
        linnet demo --pictures toolchain/demo-pictures

      EXIT STATUS
        0   the photograph was named, at least nine in ten of the unseen
            captures were right, and something was rejected as unknown
        1   that is not so
      """)

  @Option(help: ArgumentHelp("The demo's pictures.", valueName: "folder"), completion: .directory)
  var pictures = "toolchain/demo-pictures"

  @Option(
    help: ArgumentHelp(
      "The head that names the photograph; the backbone's own by default.", valueName: "head"))
  var head: String?

  @OptionGroup var backbone: BackboneOptions

  func run() throws {
    guard File.isFolder(pictures + "/learn") else {
      throw Failure(
        .noInput,
        "\(pictures): the demo's pictures are not there; run it from the repository or give --pictures")
    }
    // No cache, and no store of the user's: what is shown is computed here and now.
    let embedder = try backbone.openEmbedder(cachingIn: nil)
    let naming = try head.map(HeadPlace.read) ?? HeadPlace.openBuiltIn(beside: embedder.model)
    let story = DemoStory(
      embedder: embedder, naming: naming, pictures: pictures, threads: backbone.threadCount, output: Output())
    try reporting { try story.tell() }
  }
}

internal import ArgumentParser
internal import LinnetHead
internal import LinnetPipeline
internal import LinnetStore

extension Heads {
  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge",
      abstract: "Make one head of several, as if one machine had seen all their captures.",
      discussion: """
        The heads must belong to one backbone and have been learned by one method that adds up, with the same options: \
        prototype, knn, ridge or lda. The merged head is, byte for byte, the one that all their captures together \
        would have made, in whatever order the heads are named; a label of several heads is one class. Heads of other \
        methods cannot be merged: collect the captures and train anew, or ask both with linnet classify --head A --head B.

        EXAMPLES
          linnet heads merge garden.head shed.head -o all.head

        JSON: that of linnet heads show.
        """)

    @Argument(help: "The heads: names in the store, or files.", completion: .file(extensions: ["head"]))
    var heads: [String]

    @Option(
      name: .shortAndLong, help: ArgumentHelp("The head file to write.", valueName: "file"),
      completion: .file(extensions: ["head"]))
    var output: String

    @OptionGroup var backbone: BackboneOptions
    @OptionGroup var place: StoreOptions
    @OptionGroup var json: JSONOption

    func validate() throws {
      guard heads.count >= 2 else { throw ValidationError("Name two heads at least.") }
      for (place, name) in heads.enumerated() where heads[..<place].contains(name) {
        throw ValidationError("\(name) stands there twice: its captures would count twice.")
      }
    }

    func run() throws {
      let store = try place.open()
      let parts = try heads.map { name in
        if name.hasSuffix(".head") || name.contains("/") { return try HeadPlace.read(name) }
        guard let path = try reporting({ try store.headPath(of: name) }) else {
          throw Failure(StoreError.noSuchHead(name: name, known: try reporting { try store.heads() }))
        }
        return try HeadPlace.read(path)
      }
      for (name, head) in zip(heads, parts) where !(head.method?.isAdditive ?? false) {
        let method = head.method?.rawValue ?? "foreign"
        throw Failure(
          .failed,
          "\(name): a head of \(method) does not add up, as prototype, knn, ridge and lda heads do; train one from all captures, "
            + "or ask each with linnet classify --head")
      }
      let embedder = try backbone.openEmbedder(cachingIn: nil)
      // What they were learned with, where this backbone is theirs.
      let isTheirs = parts.allSatisfy { $0.backbone.digest == embedder.backbone.digest }
      let support = isTheirs ? try backbone.trainingSupport(embedder) : TrainingSupport()
      let merged = try reporting {
        try Head.merge(parts, support: support, backbone: isTheirs ? embedder.backbone : nil)
      }
      try reporting { try merged.write(to: output) }
      if json.isOn {
        HeadReport(name: output, head: merged).print(json: true)
      } else {
        let shots = merged.counts.map { " and \($0.reduce(0, +)) captures" } ?? ""
        Output().line(
          "\(Output().bold(output)): \(counted(merged.classes.count, "class", "classes"))\(shots) of \(parts.count) heads"
        )
      }
    }
  }
}

internal import ArgumentParser
internal import LinnetModel
internal import LinnetPipeline
internal import LinnetRuntime
internal import LinnetSafetensors

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run raw tensors through a model.",
    discussion: """
      Reads a NumPy array, runs every element of its leading axis (the batch) through the network, and writes \
      the outputs as a NumPy array: with shape (batch, n) for an output vector, (batch, height, width, channels) else. \
      An array without the batch axis counts as a batch of one.

      int8 arrays are taken as the input's codes. uint8 arrays are those codes plus 128, and are shifted. Outputs are int8 \
      codes, or float32 where the network ends in real numbers (embeddings, probabilities). With --float, a \
      float32 array is quantised with the input's scale and zero point, and the outputs are real numbers, float32.

      EXAMPLES
        linnet run model.linnet --input x.npy --output y.npy
        linnet run model.linnet --input pixels.npy --output y.npy --float
      """)

  @Argument(help: ArgumentHelp("The model.", valueName: "model"), completion: .file(extensions: ["linnet"]))
  var model: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The array to read.", valueName: "x.npy"),
    completion: .file(extensions: ["npy"]))
  var input: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The array to write.", valueName: "y.npy"),
    completion: .file(extensions: ["npy"]))
  var output: String

  @Flag(name: .customLong("float"), help: "Take and give real numbers instead of codes.")
  var isFloat = false

  @Option(help: ArgumentHelp("Threads that share a run.", valueName: "n"))
  var threads = 1

  func run() throws {
    let model = try ModelPlace.open(model)
    try reporting {
      let session = try Session(model: model, configuration: SessionConfiguration(threads: threads))
      let array = try NumPyArray(path: input)
      let runner = try ArrayRunner(session: session, input: array, name: input, isFloat: isFloat)
      let bar = ProgressBar("running", total: runner.batch)
      let result = runner.run { bar.update($0) }
      bar.clear()
      try writeAtomically(result.encoded(), to: output)
    }
  }
}

internal import ArgumentParser
internal import LinnetModel
internal import LinnetRuntime

/// `linnet` itself: the list of commands.
struct Linnet: ParsableCommand {
  static let version = "0.1.0"

  /// Every command says its name: to have it made from the type's costs two milliseconds at each start.
  static let configuration = CommandConfiguration(
    commandName: "linnet",
    abstract: "Teach this machine to tell things apart by showing it a few pictures of each.",
    discussion: """
      A backbone network, trained elsewhere and frozen, turns a picture into an embedding; a small head, learned \
      here in milliseconds from a handful of labelled captures, turns the embedding into a label, or into \
      “unknown”. No picture, label or model leaves the machine.

      EXAMPLES
        linnet classify photo.jpg       name what is on it, with nothing taught
        linnet enrol mug mug-*.jpg      teach a label from pictures
        linnet enrol plate plates/      … and another
        linnet classify new.jpg         tell mug from plate, or neither
        linnet teach                    teach by showing things to a camera
        linnet watch                    say what the camera sees, as it changes
        linnet labels undo              take the last change back
        linnet eval pictures --shots 5  how well five pictures of each would do

      EXIT STATUS
        0   done
        1   something failed; what, stands on standard error
        2   nothing was recognised: the answer is “unknown”
        64  the command line is wrong
        66  an input does not exist or cannot be read
        74  the disk failed or is full; nothing that was saved before is lost

      ENVIRONMENT
        LINNET_STORE   the store, where --store does not say it
        LINNET_MODEL   the backbone, where --model does not say it
        LINNET_VIEWS   the views of each picture, where --views does not say them
        LINNET_ISA     reference, sse41, avx2, avxvnni or avx512vnni
        LINNET_L2      the second-level cache to plan for, as 512K or 1M
        LINNET_PLAN    automatic, unfused, or how many rows of layers run together
        NO_COLOR       when set, no colour on a terminal

      COMPLETIONS
        linnet --generate-completion-script bash    (or zsh, or fish)
      """,
    subcommands: [
      Classify.self, Watch.self, Embed.self, Enrol.self, Teach.self, Train.self, Describe.self, Meta.self,
      Labels.self,
      Heads.self,
      Eval.self, Adapt.self,
      Cameras.self, Explain.self, Project.self, Doctor.self, Choose.self, Inspect.self, Run.self, Bench.self,
      BenchHeads.self, BenchFrames.self, Demo.self,
    ])

  @Flag(name: .customLong("version"), help: "Show the version, the backbone and the instruction set.")
  var showsVersion = false

  func run() throws {
    guard showsVersion else { throw CleanExit.helpRequest(self) }
    let output = Output()
    output.line("linnet \(Self.version)")
    if let path = ModelPlace.find(), let model = try? Model(path: path) {
      output.line("backbone \(model.name) \(model.digest)")
    } else {
      output.line("backbone none found; --model or LINNET_MODEL names one")
    }
    output.line("isa \(try SessionConfiguration().instructionSetName())")
  }
}

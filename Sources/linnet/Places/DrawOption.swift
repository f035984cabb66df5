internal import ArgumentParser

/// `--draw`.
struct DrawOption: ParsableArguments {
  @Option(
    name: .customLong("draw"),
    help: ArgumentHelp(
      "How pictures are drawn: blocks, blocks256, shades or sixel; what the terminal can do by default.",
      valueName: "style"))
  var style: TerminalPicture.Style?
}

extension TerminalPicture.Style: ExpressibleByArgument {}

import LinnetStore
import Testing

@Suite struct HelpTests {
  private static let commands = [
    "classify", "watch", "embed", "enrol", "teach", "train", "meta", "describe", "labels", "heads", "eval",
    "adapt",
    "cameras", "explain",
    "project",
    "doctor", "choose", "inspect", "run", "bench", "demo",
  ]

  /// `linnet --help` as it was agreed on. When it changes on purpose: COLUMNS=80 linnet --help > Snapshots/help.txt.
  @Test func helpIsTheSnapshot() throws {
    let help = try Workplace().run("--help")
    let path = Folder.parent(of: #filePath) + "/Snapshots/help.txt"
    #expect(help.status == 0)
    #expect(help.output == String(decoding: try File.read(path), as: UTF8.self))
  }

  @Test(arguments: commands)
  func everyCommandExplainsItself(command: String) throws {
    let work = Workplace()
    let help = try work.run(command, "--help")
    #expect(help.status == 0)
    for part in ["OVERVIEW:", "EXAMPLES", "USAGE: linnet \(command)", "linnet \(command)"] {
      #expect(help.output.contains(part), "\(part)")
    }
    let lines = help.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE") })
    #expect(try work.run("help", command).output == help.output)
  }

  @Test func versionSaysBackboneAndInstructionSet() throws {
    let version = try Workplace().run("--version")
    let lines = version.output.split(separator: "\n")
    #expect(version.status == 0 && lines.count == 3)
    #expect(lines[0].hasPrefix("linnet "))
    #expect(lines[1].hasPrefix("backbone efficientnet-lite0 sha256:"))
    #expect(lines[2].hasPrefix("isa "))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let script = try Workplace().run("--generate-completion-script", shell)
    #expect(script.status == 0)
    #expect(HelpTests.commands.allSatisfy(script.output.contains))
  }
}

import CLinux
import LinnetStore
import Testing

@Suite struct ExitStatusTests {
  /// Each ends with its status, one sentence on standard error that begins with the program's name, and nothing on
  /// standard output.
  @Test(arguments: [
    (["classify", "/nonexistent.jpg"], Int32(66), "/nonexistent.jpg"),
    (["classify", "/proc/sys/vm"], 66, "/proc/sys/vm"),
    (["classify", "--head", "none", "x.jpg"], 66, "none"),
    (["classify", "--head", "/none.head", "x.jpg"], 66, "/none.head"),
    (["classify", "--model", "/none.linnet", "x.jpg"], 66, "/none.linnet"),
    (["embed", "/nonexistent.jpg", "-o", "x.npy"], 66, "/nonexistent.jpg"),
    (["enrol", "mug", "/nonexistent.jpg"], 66, "/nonexistent.jpg"), (["enrol", "", "x.jpg"], 64, "empty"),
    (["enrol", "mug", "x.jpg", "--head", ""], 64, "empty"), (["train"], 66, "default"),
    (["train", "--folder", "/none", "-o", "x.head"], 66, "/none"), (["labels", "rename", "a", "b"], 66, "a"),
    (["labels", "remove", "a"], 66, "a"), (["labels", "remove", "--background"], 66, "default"),
    (["labels", "remove", "--background", "--head", "none"], 66, "none"),
    (["labels", "list", "--head", "none"], 66, "none"),
    (["labels", "undo"], 1, "undo"), (["heads", "show", "x"], 66, "x"),
    (["heads", "export", "x", "y"], 66, "x"), (["heads", "import", "/none.head"], 66, "/none.head"),
    (["heads", "remove", "x"], 66, "x"), (["eval", "/none", "--shots", "1"], 66, "/none"),
    (["inspect", "/none"], 66, "/none"), (["run", "/none", "--input", "x", "--output", "y"], 66, "/none"),
    (["bench", "/none"], 66, "/none"), (["demo", "--pictures", "/none"], 66, "/none"),
    (["inspect", #filePath], 1, #filePath), (["bench", #filePath], 1, #filePath),
    (["bench", "--runs", "1", "--trace", "/none/trace.json"], 74, "/none/trace.json"),
  ])
  func oneSentenceAndAStatus(arguments: [String], status: Int32, word: String) throws {
    let work = Workplace()
    let outcome = try work.run(arguments)
    #expect(outcome.status == status)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("linnet: ") && outcome.errors.hasSuffix("\n"))
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.contains(word))
  }

  @Test(arguments: [
    ["nonsense"], ["classify"], ["classify", "--top", "0", "x"], ["classify", "--nonsense", "x"],
    ["enrol", "x"],
    ["eval", "x"], ["eval", "x", "--shots", "0"],
    ["eval", "x", "--shots", "1", "--ways", "1"],
    ["train", "--folder", "x"], ["train", "--folder", "x", "-o", "y", "--head", "z"],
    ["bench", "--runs", "0"],
    ["bench", "--threads", "0"], ["bench", "--peak", "--per-layer"], ["bench", "--peak", "x.linnet"],
    ["bench", "--peak", "--trace", "x.json"], ["bench", "--tune", "--trace", "x.json"],
    ["bench", "--tune", "--threads", "2"], ["bench", "--per-layer", "--threads", "2"],
    ["bench", "--per-layer", "--runs", "10001"], ["bench", "--trace"], ["run", "x"],
    ["bench", "--rate", "0"], ["bench", "--rate", "2", "--cold"], ["bench", "--cold", "--trace", "x.json"],
    ["classify", "--threads", "999", "x"],
    ["enrol", "x", "y", "--method", "z"], ["enrol", "x", "y", "--head", "imagenet"],
    ["train", "--method", "ridge", "--from", "x"], ["train", "--method", "ridge", "--focal", "2"],
    ["train", "--method", "ridge", "--neighbours", "3"],
    ["train", "--method", "knn", "--regularisation", "1"],
    ["train", "--method", "lda", "--hidden", "3"], ["train", "--folder", "x", "-o", "y", "--rate", "0.1"],
    ["eval", "x", "--shots", "1", "--neighbours", "3"], ["eval", "x", "--head", "y", "--method", "ridge"],
    ["eval", "x", "--head", "y", "--balance", "none"],
  ])
  func usage(arguments: [String]) throws {
    let outcome = try Workplace().run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty && outcome.errors.contains("Usage: linnet"))
  }

  @Test func aWrongInstructionSetIsUsage() throws {
    let work = Workplace()
    for arguments in [["bench"], ["bench", "--peak"], ["--version"], ["classify", try work.pictures(0, 1)]] {
      let outcome = try work.run(arguments, environment: ["LINNET_ISA": "mmx"])
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("mmx"))
    }
  }

  @Test(arguments: ["LINNET_L2", "LINNET_PLAN"])
  func aWrongPlanIsUsage(variable: String) throws {
    let work = Workplace()
    for arguments in [["bench"], ["inspect", model, "--plan"], ["classify", try work.pictures(0, 1)]] {
      let outcome = try work.run(arguments, environment: [variable: "much"])
      #expect(outcome.status == 64 && outcome.errors.contains(variable))
    }
  }

  @Test func brokenPicturesAreSaidAndTheOthersAnswered() throws {
    let work = Workplace()
    let folder = try work.pictures(0, 3)
    let good = try File.read(folder + "/0.jpg")
    try work.write([], "pictures/kind-0/empty.jpg")
    try work.write(Array(good[..<(good.count / 2)]), "pictures/kind-0/half.jpg")
    try work.write(Array("no picture".utf8), "pictures/kind-0/text.jpg")
    let broken = try work.run("classify", "--json", folder)
    #expect(broken.status == 1)
    #expect(broken.output.split(separator: "\n").count == 3)
    #expect(broken.errors.split(separator: "\n").count == 3)
    for name in ["empty", "half", "text"] { #expect(broken.errors.contains(name + ".jpg")) }
    let missing = try work.run("classify", "--json", folder, folder + "/none.jpg")
    #expect(missing.status == 66)
    #expect(missing.output.split(separator: "\n").count == 3)
  }

  @Test func aReaderThatGoesAwayIsNoError() throws {
    let work = Workplace()
    let folder = try work.pictures(0, 6)
    let pipe = work.folder + "/pipe"
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    let reader = unsafe linnet_open(pipe, O_RDONLY | O_NONBLOCK, 0)
    let child = try work.start(["classify", folder], output: pipe)
    close(reader)
    let status = work.finish(child)
    #expect(status == 0)
  }

  @Test func aFullOutputIsSaid() throws {
    let work = Workplace()
    let outcome = try work.run("classify", try work.pictures(0, 1), output: "/dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("standard output"))
  }

  @Test func noColourAndNoBarsWhereThereIsNoTerminal() throws {
    let work = Workplace()
    _ = try work.pictures(0, 4)
    _ = try work.pictures(1, 4)
    let outcome = try work.run("eval", work.folder + "/pictures", "--shots", "1", "--episodes", "3")
    #expect(outcome.status == 0)
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(outcome.errors.isEmpty)
  }
}

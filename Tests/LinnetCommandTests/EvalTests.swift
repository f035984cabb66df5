import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct EvalTests {
  /// A workplace with three kinds of pictures, five of each.
  private func workplace() throws -> (work: Workplace, folder: String) {
    let work = Workplace()
    for kind in 0..<3 { _ = try work.pictures(kind, 5) }
    return (work, work.folder + "/pictures")
  }

  @Test func thePageIsWhole() throws {
    let (work, folder) = try workplace()
    try work.write(try jpeg(7, 0), "others/a.jpg")
    let page = work.folder + "/report.html"
    let outcome = try work.run(
      "eval", folder, "--shots", "1", "--episodes", "3", "--open-set", work.folder + "/others", "--compare",
      "prototype", "--curve", "1,2", "--html", page)
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(
      outcome.output.contains("against prototype") && outcome.output.contains("shots  balanced accuracy"))
    let html = String(decoding: try File.read(page), as: UTF8.self)
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    for part in [
      "Confusion", "Recall of each class", "More shots", "Reliability diagram", "Receiver operating",
      "kind-2",
      "auto against prototype", "Settings",
    ] { #expect(html.contains(part), "\(part)") }
    #expect(!html.contains("<script") && html.split(separator: "<svg").count == 7)
    let again = work.folder + "/again.html"
    _ = try work.run(
      "eval", folder, "--shots", "1", "--episodes", "3", "--open-set", work.folder + "/others", "--compare",
      "prototype", "--curve", "1,2", "--html", again, "--threads", "2")
    #expect(try File.read(again) == Array(html.utf8), "the same evaluation gives the same bytes")
  }

  @Test func textAndJSONTellTheSame() throws {
    let (work, folder) = try workplace()
    try work.write(try jpeg(7, 0), "others/a.jpg")
    let arguments = [
      "eval", folder, "--shots-per-class", "3,2,1", "--episodes", "4", "--open-set", work.folder + "/others",
      "--method", "ridge", "--compare", "prototype", "--curve", "1,2",
    ]
    let line = try work.run(arguments + ["--json"]).json()[0]
    #expect(
      keys(line) == [
        "balanced_accuracy", "ci95", "recall", "confusion", "auroc", "fpr95", "episodes", "shots", "ways",
        "images_per_second", "method", "accuracy", "macro_precision", "macro_f1", "answers", "precision",
        "f1", "class_auroc", "calibration", "refused", "false_accepts", "roc", "comparison", "curve",
        "mistakes", "recall_by_shots", "refused_by_class", "embeddings",
      ])
    let kinds = ["kind-0", "kind-1", "kind-2"]
    for key in ["recall", "precision", "f1", "class_auroc", "refused_by_class"] {
      #expect(keys(line[key]!) == kinds, "\(key)")
    }
    #expect(keys(line["calibration"]!) == ["ece", "of_an_episode", "brier", "bins"])
    #expect(line["roc"]?.array?.count == 101 && line["curve"]?.array?.count == 2)
    let text = try work.run(arguments)
    #expect(text.status == 0)
    func figure(_ value: JSONValue?) throws -> String {
      let thousandths = Int((try #require(value?.double) * 1000).rounded())
      let digits = String(thousandths % 1000)
      return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
    for (sentence, value) in [
      ("balanced accuracy ", line["balanced_accuracy"]), ("accuracy ", line["accuracy"]),
      ("precision ", line["macro_precision"]), ("F1 ", line["macro_f1"]),
      ("calibration error ", line["calibration"]?["ece"]),
      ("AUROC ", line["auroc"]), ("against prototype (", line["comparison"]?["balanced_accuracy_before"]),
      ("3 shots ", line["recall_by_shots"]?.array?.last?["recall"]),
    ] {
      let expected = sentence + (try figure(value))
      #expect(text.output.contains(expected), "\(expected) in \(text.output)")
    }
    #expect(text.output.contains("(4 episodes, 2 shots, 3 ways, ridge)"))
  }

  @Test func whatComesFromTheCacheHasNoRate() throws {
    let (work, folder) = try workplace()
    let arguments = ["eval", folder, "--shots", "1", "--episodes", "2", "--method", "prototype"]
    let first = try work.run(arguments).output
    #expect(first.contains(" images a second") && !first.contains("cache"))
    let again = try work.run(arguments).output
    #expect(again.contains("came from the cache") && !again.contains("a second"))
    try work.write(try jpeg(1, 40), "pictures/kind-1/new.jpg")
    let mixed = try work.run(arguments).output
    #expect(mixed.contains("came from the cache, the others: ") && mixed.contains(" images a second"))
  }

  @Test func aHeadIsAskedAboutEveryPicture() throws {
    let (work, folder) = try workplace()
    for kind in 0..<3 {
      let two = (0..<2).map { "\(folder)/kind-\(kind)/\($0).jpg" }
      #expect(try work.run(["enrol", "kind-\(kind)"] + two).status == 0)
    }
    let answer = try work.run("eval", folder, "--head", "default", "--compare", "default", "--json").json()[0]
    #expect(answer["episodes"]?.integer == 1 && answer["shots"]?.integer == 0)
    let confusion = try #require(answer["confusion"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
    #expect(confusion.map { $0.reduce(0, +) } == [5, 5, 5])
    #expect(answer["comparison"]?["test"]?.string == "mcnemar" && answer["comparison"]?["p"]?.double == 1)
    try work.write(try jpeg(4, 0), "pictures/kind-9/a.jpg")
    let stranger = try work.run("eval", folder, "--head", "default")
    #expect(stranger.status == 1 && stranger.errors.contains("kind-9"))
    #expect(try work.run("eval", folder, "--head", "none-such").status == 66)
  }

  @Test func theBackgroundLeavesSomethingToAsk() throws {
    let (work, folder) = try workplace()
    for number in 0..<3 { try work.write(try jpeg(7, number), "others/\(number).jpg") }
    let arguments = [
      "eval", folder, "--shots", "2", "--episodes", "2", "--open-set", work.folder + "/others",
    ]
    let all = try work.run(arguments + ["--background", "3"])
    #expect(all.status == 64 && all.errors.contains("leaves none of the 3 pictures"))
    #expect(try work.run(arguments + ["--background", "2", "--json"]).json()[0]["auroc"]?.double != nil)
  }

  @Test func countsOfShotsAreDealt() throws {
    let (work, folder) = try workplace()
    let answer = try work.run(
      "eval", folder, "--shots-per-class", "4,2,1", "--episodes", "3", "--method", "prototype", "--json"
    ).json()[0]
    #expect(abs((answer["shots"]?.double ?? 0) - 7.0 / 3) < 1e-9)
    let confusion = try #require(answer["confusion"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
    #expect(confusion.joined().reduce(0, +) == 3 * 8)
  }

  @Test(arguments: [
    ["--shots", "1", "--shots-per-class", "2,1"], ["--head", "default", "--shots", "1"], ["--curve", "0,1"],
    ["--curve", "1,x"], ["--shots", "1", "--compare", "no-method"], ["--draws", "x", "--curve", "1"],
    ["--head", "default", "--transductive"], [], ["--domain", "/tmp", "--domain-mix", "0,0"],
    ["--attributes", "x.csv", "--html", "y.html"], ["--attributes", "x.csv", "--shots", "2"],
    ["--vectors", "x.csv", "--method", "ridge"],
    ["--domain", "/tmp", "--domain-mix", "1,x"], ["--domain-mix", "1,0"],
  ])
  func whatContradictsIsSaid(arguments: [String]) throws {
    let outcome = try Workplace().run(["eval", "/tmp"] + arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty && !outcome.errors.isEmpty)
  }
}

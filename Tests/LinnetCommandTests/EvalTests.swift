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
    ["--head", "default", "--transductive"], [],
  ])
  func whatContradictsIsSaid(arguments: [String]) throws {
    let outcome = try Workplace().run(["eval", "/tmp"] + arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty && !outcome.errors.isEmpty)
  }
}

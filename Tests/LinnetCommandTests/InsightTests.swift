import CLinux
import LinnetImage
import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct InsightTests {
  /// A workplace with a folder of two kinds of six pictures each.
  private func workplace() throws -> (work: Workplace, folder: String) {
    let work = Workplace()
    for kind in 0..<2 { _ = try work.pictures(kind, 6) }
    return (work, work.folder + "/pictures")
  }

  @Test func projectDrawsAMap() throws {
    let (work, folder) = try workplace()
    let page = work.folder + "/map.html"
    let line = try work.run("project", folder, "-o", page, "--json").json()[0]
    #expect(keys(line) == ["output", "captures", "classes", "method", "variance", "points"])
    #expect(line["captures"]?.integer == 12 && line["points"]?.array?.count == 12)
    let text = String(decoding: try File.read(page), as: UTF8.self)
    #expect(text.hasPrefix("<!DOCTYPE html>") && text.contains("kind-1/3.jpg"))
    let array = work.folder + "/x.npy"
    #expect(try work.run("embed", folder, "-o", array).status == 0)
    let wrong = try work.run("project", folder, "--layout", array, "-o", page)
    #expect(wrong.status == 1 && wrong.errors.contains("12 × 2"))
    #expect(try work.run("project", "-o", page).status == 66, "the store is empty")
    #expect(try work.run("project", folder, "--head", "x", "-o", page).status == 64)
  }

  @Test func doctorSaysWhatToDo() throws {
    let (work, folder) = try workplace()
    let sick = try work.run("doctor", folder, "--json")
    let line = try sick.json()[0]
    #expect(keys(line) == ["captures", "classes", "balanced_accuracy", "findings"])
    // The pictures of a kind are the same stripes, moved a little.
    #expect(sick.status == 2)
    try work.write([0xFF, 0xD8, 1, 2], "pictures/kind-0/broken.jpg")
    let grey = Picture(width: 40, height: 40, pixels: [UInt8](repeating: 9, count: 4800))
    for name in ["blank", "void"] { try work.write(try grey.encodePNG(), "pictures/kind-1/\(name).png") }
    let outcome = try work.run("doctor", folder, "--json")
    let findings = try outcome.json()[0]["findings"]?.array ?? []
    func captures(_ kind: String) -> [String?] {
      findings.filter { $0["kind"]?.string == kind }.flatMap { $0["captures"]?.array ?? [] }.map(\.string)
    }
    #expect(captures("unreadable") == ["kind-0/broken.jpg"])
    #expect(captures("blank") == ["kind-1/blank.png", "kind-1/void.png"])
    #expect(findings.allSatisfy { keys($0) == ["kind", "captures", "classes", "note", "advice"] })
    let text = try work.run("doctor", folder)
    #expect(text.status == 2 && text.output.contains("Blank") && text.output.contains("to look at"))
    let advice = findings.compactMap { $0["advice"]?.string }
    #expect(Set(advice).count < advice.count, "the blank pictures have the same")
    for sentence in Set(advice) {
      #expect(text.output.ranges(of: sentence).count == 1, "\(sentence)")
    }
    let broken = findings.first { $0["kind"]?.string == "unreadable" }
    #expect(broken?["note"]?.string?.contains("broken.jpg") == false, "the capture's name is told beside it")
    #expect(try work.run("doctor").status == 66)
    #expect(try work.run("doctor", work.folder + "/none").status == 66)
  }

  @Test func doctorLeavesHealthyCapturesAlone() throws {
    let folder = repository + "/toolchain/demo-pictures/try"
    let outcome = try Workplace().run("doctor", folder, "--json")
    let line = try outcome.json()[0]
    let kinds = (line["findings"]?.array ?? []).compactMap { $0["kind"]?.string }
    #expect(!kinds.contains("mislabelled") && !kinds.contains("blank") && !kinds.contains("unreadable"))
    #expect((line["balanced_accuracy"]?.double ?? 0) > 0.9)
  }

  @Test func chooseRecommends() throws {
    let (work, folder) = try workplace()
    let line = try work.run("choose", folder, "--method", "prototype", "--json").json()[0]
    #expect(keys(line) == ["trials", "recommended", "reason"])
    let trial = try #require(line["trials"]?.array?.first)
    #expect(
      keys(trial) == ["backbone", "path", "milliseconds", "file_bytes", "memory_bytes", "results"])
    #expect(keys(trial["results"]!.array![0]) == ["method", "balanced_accuracy", "standard_error"])
    #expect(line["recommended"]?["method"]?.string == "prototype" && (trial["milliseconds"]?.double ?? 0) > 0)
    let text = try work.run("choose", folder, "--model", model, "--method", "logistic")
    #expect(
      text.status == 0 && text.output.contains("efficientnet-lite0")
        && text.output.contains("--method logistic"))
    #expect(try work.run("choose", folder, "--model", work.folder + "/none.linnet").status == 66)
    #expect(try work.run("choose", folder, "--budget", "0").status == 64)
    #expect(try work.run("choose", folder, "--method", "magic").status == 64)
    Workplace.remove(folder + "/kind-1")
    let alone = try work.run("choose", folder)
    #expect(alone.status == 1 && alone.errors.contains("one class"))
  }
}

import CLinux
import LinnetSafetensors
import LinnetStore
import Testing

@Suite struct TeachingTests {
  /// A workplace where two labels have been taught.
  private func taught() throws -> Workplace {
    let work = Workplace()
    for kind in 0..<2 {
      let outcome = try work.run("enrol", "kind \(kind)", try work.pictures(kind, 4))
      #expect(outcome.status == 0 && outcome.errors.isEmpty)
    }
    return work
  }

  private func labels(_ work: Workplace, _ head: String = "default") throws -> [String: Int] {
    var result: [String: Int] = [:]
    for set in try work.run("labels", "--json").json()[0]["heads"]?.array ?? []
    where set["head"]?.string == head {
      for label in set["labels"]?.array ?? [] {
        result[label["label"]!.string!] = label["captures"]!.integer!
      }
    }
    return result
  }

  @Test func enrolClassifyAndUndo() throws {
    let work = try taught()
    try work.write(try jpeg(0, 9), "new.jpg")
    let answer = try work.run("classify", "--json", work.folder + "/new.jpg").json()[0]
    #expect(answer["top"]?.array?[0]["label"]?.string == "kind 0")
    #expect(try labels(work) == ["kind 0": 4, "kind 1": 4])
    #expect(try work.run("labels", "undo").status == 0)
    #expect(try labels(work) == ["kind 0": 4])
    #expect(try work.run("labels", "undo").status == 0)
    #expect(try labels(work) == ["kind 0": 4, "kind 1": 4])
  }

  @Test func anUnknownPictureEndsWithTwo() throws {
    let work = try taught()
    let strange = repository + "/toolchain/demo-pictures/photograph.jpg"
    let outcome = try work.run("classify", strange)
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("unknown"))
    let line = try work.run("classify", "--json", strange).json()[0]
    #expect(line["label"] == .null && line["index"] == .null && line["confidence"]?.double != nil)
    let many = try work.run("classify", strange, work.folder + "/pictures/kind-0/0.jpg")
    #expect(many.status == 0, "one of two was recognised")
    #expect(try work.run("classify", "--head", "imagenet", strange).status == 0)
  }

  @Test func severalHeadsAnswerOnOnePass() throws {
    let work = try taught()
    let picture = work.folder + "/pictures/kind-1/0.jpg"
    let line = try work.run("classify", "--json", "--head", "default", "--head", "imagenet", picture).json()[
      0]
    #expect(keys(line) == ["picture", "heads", "milliseconds"])
    for head in ["default", "imagenet"] {
      let alone = try work.run("classify", "--json", "--head", head, picture).json()[0]
      for key in ["label", "index", "confidence", "top"] {
        #expect(line["heads"]?[head]?[key] == alone[key], "\(head) \(key)")
      }
    }
    let text = try work.run("classify", "--head", "default", "--head", "imagenet", picture)
    #expect(text.status == 0 && text.output.hasPrefix("default   kind 1"))
    #expect(text.output.split(separator: "\n").count == 2)
    let strange = repository + "/toolchain/demo-pictures/photograph.jpg"
    let one = try work.run("classify", "--head", "default", "--head", "imagenet", strange)
    #expect(one.status == 0 && one.output.contains("default   unknown"), "one head of two knows it")
    #expect(try work.run("classify", "--head", "default", "--head", "default", strange).status == 64)
  }

  @Test func mergedHeadsAreThatOfAllCaptures() throws {
    let work = Workplace()
    _ = try work.pictures(0, 2)
    for kind in 0..<3 {
      for (set, folder) in [("a", "a"), ("b", "b"), ("both", "both")] where set != "a" || kind < 2 {
        let numbers = set == "a" ? 0..<2 : set == "b" ? 2..<4 : kind < 2 ? 0..<4 : 2..<4
        for number in numbers {
          try work.write(try jpeg(kind, number), "\(folder)/kind \(kind)/\(number).jpg")
        }
      }
    }
    func file(_ name: String) -> String { "\(work.folder)/\(name).head" }
    for set in ["a", "b", "both"] {
      let outcome = try work.run(
        "train", "--folder", work.folder + "/" + set, "--method", "ridge", "-o", file(set))
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let merged = try work.run("heads", "merge", file("b"), file("a"), "-o", file("merged"), "--json")
    #expect(try merged.json()[0]["classes"]?.array?.count == 3)
    #expect(try File.read(file("merged")) == File.read(file("both")))
    _ = try work.run(
      "train", "--folder", work.folder + "/a", "--method", "logistic", "-o", file("logistic"))
    for (names, status, words) in [
      ([file("a"), file("logistic")], Int32(1), "does not add up"), ([file("a")], 64, "two heads"),
      ([file("a"), file("a")], 64, "twice"), ([file("a"), "none"], 66, "none"),
      ([file("a"), repository + "/models/imagenet.head"], 1, "does not add up"),
    ] {
      let outcome = try work.run(["heads", "merge"] + names + ["-o", file("x")])
      #expect(outcome.status == status && outcome.errors.contains(words), "\(names) \(outcome.errors)")
    }
  }

  /// Without a method, `--from` means what can be done with the head it names.
  @Test func onFromAHead() throws {
    let work = Workplace()
    for kind in 0..<2 { _ = try work.pictures(kind, 3) }
    for number in 0..<3 { try work.write(try jpeg(2, number), "more/kind-2/\(number).jpg") }
    func file(_ name: String) -> String { "\(work.folder)/\(name).head" }
    for method in ["logistic", "mlp"] {
      let options = method == "mlp" ? ["--hidden", "8", "--epochs", "5"] : []
      let first = try work.run(
        ["train", "--folder", work.folder + "/pictures", "--method", method, "-o", file(method)] + options)
      #expect(first.status == 0, "\(first.errors)")
      let on = try work.run(
        "train", "--folder", work.folder + "/more", "--from", file(method), "-o", file("on"), "--json")
      #expect(on.status == 0, "\(on.errors)")
      let head = try on.json()[0].array?.first
      #expect(head?["method"]?.string == method && head?["classes"]?.array?.count == 3)
    }
    let beside = try work.run(
      "train", "--folder", work.folder + "/more", "--from", "imagenet", "-o", file("beside"), "--json")
    let head = try beside.json()[0].array?.first
    #expect(head?["method"]?.string == "imprint" && head?["classes"]?.array?.count == 1001)
  }

  @Test func treatments() throws {
    let work = Workplace()
    for kind in 0..<2 { _ = try work.pictures(kind, 3) }
    var heads: Set<[UInt8]> = []
    for treatment in ["l2", "root", "centred", "standard"] {
      let file = work.folder + "/\(treatment).head"
      let outcome = try work.run(
        "train", "--folder", work.folder + "/pictures", "--method", "lda", "--treatment", treatment, "-o",
        file)
      #expect(outcome.status == 0, "\(outcome.errors)")
      heads.insert(try File.read(file))
      let answer = try work.run("classify", "--head", file, work.folder + "/pictures/kind-1/0.jpg", "--json")
      #expect(try answer.json()[0]["top"]?.array?.first?["label"]?.string == "kind-1")
    }
    #expect(heads.count == 4)
  }

  @Test func describedClassesAreEvaluated() throws {
    let work = Workplace()
    for kind in 0..<5 { _ = try work.pictures(kind, 2) }
    let rows = (0..<5).map { "kind-\($0),\($0 % 2),\(2 * $0 % 3),\($0)" }
    let table = "class,across,red,wide\n" + rows.joined(separator: "\n") + "\n"
    try work.write(Array(table.utf8), "kinds.csv")
    let line = try work.run(
      "eval", work.folder + "/pictures", "--attributes", work.folder + "/kinds.csv", "--json"
    ).json()[0]
    #expect(line["chance"]?.double == 0.5 && line["unseen"]?.integer == 2 && line["described"]?.integer == 5)
    #expect(line["folds"]?.integer == 10)
    #expect((0...1).contains(line["balanced_accuracy"]?.double ?? -1))
    let tooMany = try work.run(
      "eval", work.folder + "/pictures", "--attributes", work.folder + "/kinds.csv", "--unseen", "4")
    #expect(tooMany.status == 1 && tooMany.errors.contains("--unseen 4 leaves fewer than two of the 5"))
  }

  @Test func classesWithoutPictures() throws {
    let work = Workplace()
    for kind in 0..<3 { _ = try work.run("enrol", "kind \(kind)", try work.pictures(kind, 3)) }
    let table = "class,across,wide\nkind 0,1,0\nkind 1,0,0\nkind 2,1,1\nnew,0,1\n"
    try work.write(Array(table.utf8), "kinds.csv")
    let path = work.folder + "/kinds.csv"
    let file = work.folder + "/new.head"
    let made = try work.run("describe", "--attributes", path, "--unseen", "new,kind 2", "-o", file, "--json")
    let line = try made.json()[0]
    #expect(line["classes"]?.array?.map { $0["label"]?.string } == ["new", "kind 2"])
    #expect(line["learned_from"]?.array?.compactMap(\.string) == ["kind 0", "kind 1"])
    #expect(try work.run("classify", "--head", file, work.folder + "/pictures/kind-2/0.jpg").status == 0)
    let all = try work.run("describe", "--attributes", path, "--with-seen", "-o", file, "--json").json()[0]
    #expect(all["classes"]?.array?.count == 4 && all["method"]?.string == "reverse")
    for (arguments, status, words) in [
      (["--attributes", work.folder + "/none.csv"], Int32(66), "none.csv"),
      (["--attributes", path, "--unseen", "nobody"], 1, "nobody"),
      (["--attributes", path, "--unseen", "kind 0,kind 1,kind 2"], 1, "at least two"),
      (["--attributes", path, "--head", "empty"], 66, "empty"), ([], 64, "--attributes"),
    ] {
      let outcome = try work.run(["describe"] + arguments + ["-o", file])
      #expect(outcome.status == status && outcome.errors.contains(words), "\(arguments) \(outcome.errors)")
    }
  }

  @Test func labelsAreRenamedMergedAndRemoved() throws {
    let work = try taught()
    #expect(try work.run("labels", "rename", "kind 0", "a/b").status == 0)
    #expect(try labels(work) == ["a/b": 4, "kind 1": 4])
    #expect(try work.run("labels", "rename", "a/b", "kind 1").status == 1)
    #expect(try work.run("labels", "merge", "a/b", "kind 1").status == 0)
    #expect(try labels(work) == ["kind 1": 8])
    #expect(try work.run("labels", "remove", "kind 1", "--json").json()[0]["kind"]?.string == "remove")
    #expect(try labels(work).isEmpty)
    #expect(try work.run("labels", "undo").status == 0)
    #expect(try labels(work) == ["kind 1": 8])
  }

  @Test func headsTravel() throws {
    let work = try taught()
    let file = work.folder + "/parts.head"
    #expect(try work.run("heads", "export", "default", file).status == 0)
    #expect(try work.run("heads", "import", file).status == 0)
    #expect(try work.run("heads", "import", file).status == 1)
    let heads = try work.run("heads", "--json").json()[0].array ?? []
    #expect(heads.map { $0["head"]?.string } == ["default", "parts"])
    #expect(keys(heads[0]) == ["head", "method", "classes", "captures", "backbone"])
    let picture = work.folder + "/pictures/kind-1/0.jpg"
    let own = try work.run("classify", "--json", picture).json()[0]
    for head in ["parts", file] {
      let other = try work.run("classify", "--json", "--head", head, picture).json()[0]
      #expect(other["label"] == own["label"] && other["confidence"] == own["confidence"])
    }
    #expect(try work.run("heads", "remove", "parts").status == 0)
    #expect(try work.run("heads", "show", "parts").status == 66)
    #expect(try work.run("heads", "show").output.contains("kind 1"))
  }

  @Test func setsAndMethods() throws {
    let work = try taught()
    let folder = try work.pictures(2, 3)
    #expect(try work.run("enrol", "open", folder, "--head", "door", "--method", "prototype").status == 0)
    #expect(try labels(work, "door") == ["open": 3])
    let trained = try work.run("train", "--json").json()[0].array ?? []
    #expect(trained.map { $0["head"]?.string } == ["default", "door"])
    #expect(trained.map { $0["method"]?.string } == ["auto", "prototype"])
    let file = work.folder + "/x.head"
    #expect(try work.run("train", "--folder", work.folder + "/pictures", "-o", file).status == 0)
    #expect(try work.run("inspect", file, "--json").json()[0]["classes"]?.array?.count == 3)
  }

  @Test func aHeadOfAnotherBackboneIsRefused() throws {
    let work = try taught()
    let digest = try #require(try work.run("inspect", model, "--json").json()[0]["digest"]?.string)
    let path = work.folder + "/store/heads/default.head"
    var head = try File.read(path)
    let place = try #require(firstPlace(of: Array(digest.utf8), in: head))
    head[place + 10] = head[place + 10] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
    try writeAtomically(head, to: path)
    let outcome = try work.run("classify", work.folder + "/pictures/kind-0/0.jpg")
    #expect(outcome.status == 1 && outcome.errors.contains(digest) && outcome.output.isEmpty)
    #expect(try work.run("train").status == 0, "learned anew, it belongs to this backbone")
    #expect(try work.run("classify", work.folder + "/pictures/kind-0/0.jpg").status == 0)
  }

  private func firstPlace(of part: [UInt8], in bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: part) }
  }

  @Test func killedWhileEnrollingNothingAcknowledgedIsLost() throws {
    let work = try taught()
    let folder = try work.pictures(2, 6)
    var expected = try labels(work)
    var killed = 0
    for attempt in 0..<24 {
      let label = "attempt \(attempt)"
      let child = try work.start(["enrol", label, folder, "--head", "default"])
      usleep(UInt32(attempt) * 3000)
      kill(child, SIGKILL)
      let status = work.finish(child)
      if status != 0 { killed += 1 }
      let now = try labels(work)
      // The pictures move from the label that had them before, all or none.
      var after = expected.filter { !$0.key.hasPrefix("attempt") }
      after[label] = 6
      #expect(now == expected || now == after, "killed after \(attempt * 3) ms")
      if status == 0 { #expect(now == after) }
      expected = now
      #expect(try work.run("classify", folder + "/0.jpg").status != 74)
      let head = try work.run("heads", "show", "--json").json()[0]
      #expect(Set(head["classes"]?.array?.compactMap { $0["label"]?.string } ?? []) == Set(now.keys))
    }
    #expect(killed > 0)
  }

  @Test(.enabled(if: canMount, "mounting a tmpfs is not permitted"))
  func aFullDiskIsSaidAndNothingIsLost() throws {
    let work = Workplace()
    let disk = work.folder + "/disk"
    try Folder.make(disk)
    try #require(unsafe mount("tmpfs", disk, "tmpfs", 0, "size=300k") == 0)
    defer { unsafe umount(disk) }
    var enrolled = 0
    var status: Int32 = 0
    for number in 0..<60 where status == 0 {
      let path = try work.write(try jpeg(number % 5, number % 30), "new/\(number).jpg")
      let outcome = try work.run("enrol", "label \(number)", path, "--store", disk + "/store")
      status = outcome.status
      if status == 0 { enrolled += 1 } else { #expect(outcome.errors.contains("space")) }
    }
    #expect(status == 74)
    #expect(enrolled > 0)
    let listed = try work.run("labels", "--store", disk + "/store", "--json").json()[0]
    #expect(listed["heads"]?.array?[0]["labels"]?.array?.count == enrolled)
  }
}

/// Whether this process may mount a small tmpfs; otherwise the tests that need one are reported as skipped.
private let canMount: Bool = {
  let work = Workplace()
  guard unsafe mount("tmpfs", work.folder, "tmpfs", 0, "size=64k") == 0 else { return false }
  unsafe umount(work.folder)
  return true
}()

import LinnetPipeline
import LinnetSafetensors
import LinnetStore
import Testing

/// Every answer with --json has the keys that other programs count on.
@Suite struct JSONTests {
  @Test func classify() throws {
    let work = Workplace()
    let folder = try work.pictures(0, 3)
    let outcome = try work.run("classify", "--json", "--top", "4", folder)
    #expect(outcome.status == 0)
    let lines = try outcome.json()
    #expect(lines.count == 3)
    for (number, line) in lines.enumerated() {
      #expect(keys(line) == ["picture", "label", "index", "confidence", "top", "milliseconds"])
      #expect(line["picture"]?.string == "\(folder)/\(number).jpg")
      let top = try #require(line["top"]?.array)
      #expect(top.count == 4)
      #expect(keys(top[0]) == ["label", "index", "confidence"])
      #expect(top[0]["label"] == line["label"] && top[0]["confidence"] == line["confidence"])
      let confidences = top.compactMap { $0["confidence"]?.double }
      #expect(confidences == confidences.sorted(by: >))
      #expect((1e-9...1).contains(confidences[0]))
    }
  }

  @Test func standardInputIsAPicture() throws {
    let work = Workplace()
    let path = try work.pictures(1, 1) + "/0.jpg"
    let file = try work.run("classify", "--json", path).json()[0]
    let input = try work.run("classify", "--json", "-", input: path).json()[0]
    #expect(input["picture"]?.string == "-")
    #expect(input["label"] == file["label"] && input["confidence"] == file["confidence"])
  }

  @Test func bench() throws {
    let outcome = try Workplace().run("bench", "--runs", "3", "--json")
    #expect(outcome.status == 0)
    let answer = try outcome.json()[0]
    #expect(
      keys(answer) == [
        "model", "threads", "runs", "median_ms", "min_ms", "p99_ms", "macs", "gmacs_per_s", "arena_bytes",
        "isa", "processor_ms",
      ])
    #expect(answer["model"]?.string == "efficientnet-lite0")
    #expect(answer["macs"]?.integer.map { $0 > 380_000_000 } == true)
    let times = ["min_ms", "median_ms", "p99_ms"].compactMap { answer[$0]?.double }
    #expect(times.count == 3 && times == times.sorted())
  }

  @Test func eval() throws {
    let work = Workplace()
    for kind in 0..<3 { _ = try work.pictures(kind, 5) }
    try work.write(try jpeg(7, 0), "others/a.jpg")
    let folder = work.folder + "/pictures"
    let outcome = try work.run(
      "eval", folder, "--shots", "2", "--episodes", "4", "--open-set", work.folder + "/others", "--json")
    #expect(outcome.status == 0)
    let answer = try outcome.json()[0]
    #expect(
      keys(answer) == [
        "balanced_accuracy", "ci95", "recall", "confusion", "auroc", "fpr95", "episodes", "shots", "ways",
        "images_per_second", "method", "accuracy", "macro_precision", "macro_f1", "answers", "precision",
        "f1",
        "class_auroc", "calibration", "refused", "false_accepts", "roc", "comparison", "curve", "mistakes",
        "recall_by_shots", "refused_by_class", "embeddings",
      ])
    #expect(answer["recall"].map(keys) == ["kind-0", "kind-1", "kind-2"])
    let confusion = try #require(answer["confusion"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
    #expect(confusion.map { $0.reduce(0, +) } == [12, 12, 12])
    #expect(answer["episodes"]?.integer == 4 && answer["shots"]?.integer == 2 && answer["ways"]?.integer == 3)
    #expect(answer["auroc"]?.double != nil)

    let again = try work.run("eval", folder, "--shots", "2", "--episodes", "4", "--json").json()[0]
    #expect(
      again["balanced_accuracy"] == answer["balanced_accuracy"] && again["confusion"] == answer["confusion"])
    #expect(again["auroc"] == .null && again["fpr95"] == .null)
    #expect((answer["images_per_second"]?.double ?? 0) > 0)
    #expect(answer["embeddings"]?["computed"]?.integer == 16 && answer["embeddings"]?["cached"]?.integer == 0)
    #expect(again["images_per_second"] == .null, "nothing was computed")
    #expect(again["embeddings"]?["computed"]?.integer == 0 && again["embeddings"]?["cached"]?.integer == 15)

    let draws = try work.write(
      Array("{\"shots\": [\"kind-0/0.jpg\", \"kind-2/1.jpg\"]}\n".utf8), "draws.jsonl")
    let drawn = try work.run("eval", folder, "--draws", draws, "--method", "prototype", "--json").json()[0]
    #expect(drawn["episodes"]?.integer == 1 && drawn["shots"]?.integer == 1 && drawn["ways"]?.integer == 2)
    #expect(drawn["recall"]?["kind-1"] == .null)
  }

  @Test func inspect() throws {
    let work = Workplace()
    let answer = try work.run("inspect", model, "--json").json()[0]
    #expect(
      keys(answer) == [
        "name", "source", "license", "digest", "digest_is_right", "isa", "threads", "macs", "arena_bytes",
        "activation_bytes", "input", "output", "blocks", "steps",
      ])
    #expect(answer["digest_is_right"]?.boolean == true)
    let head = try work.run("inspect", repository + "/models/imagenet.head", "--json").json()[0]
    #expect(
      keys(head) == [
        "head", "method", "backbone", "views", "dimension", "base_classes", "temperature", "threshold",
        "source",
        "license", "classes", "choice",
      ])
    #expect(head["classes"]?.array?.count == 1000)
    #expect(head["backbone"]?["digest"] == answer["digest"])
  }

  @Test func aDamagedModelIsSaid() throws {
    let work = Workplace()
    var bytes = try File.read(model)
    bytes[bytes.count - 3000] ^= 1
    let path = try work.write(bytes, "damaged.linnet")
    let outcome = try work.run("inspect", path)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("digest"))
  }
}

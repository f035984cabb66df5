import LinnetHead
import LinnetImage
import LinnetInsight
import LinnetPipeline
import LinnetTensor
import Testing

@Suite struct CheckupTests {
  /// `counts[label]` captures around an axis a class; one that `lies` about its class lies around the axis given.
  private func material(
    _ counts: [Int], spread: Float = 0.25, lies: [Int: Int] = [:], near: [Int: Int] = [:]
  ) -> LabelledCaptures {
    var noise = Noise()
    var (rows, labels): ([[Float]], [Int]) = ([], [])
    for (label, count) in counts.enumerated() {
      for _ in 0..<count {
        let axis = lies[rows.count] ?? near[label] ?? label
        rows.append((0..<24).map { ($0 == axis ? 1 : 0) + spread * noise.next() })
        labels.append(label)
      }
    }
    return captures(rows, labels: labels)
  }

  private func signs(_ count: Int) -> [PictureSigns] {
    (0..<count).map { PictureSigns(of: picture(seed: UInt32($0 + 1))) }
  }

  private func checkup(_ captures: LabelledCaptures, _ signs: [PictureSigns]? = nil) throws -> Checkup {
    let heldOut =
      captures.classes.count > 1 ? try HeldOutAnswers(of: captures, method: .logistic, threads: 2) : nil
    return Checkup(of: captures, signs: signs ?? self.signs(captures.count), heldOut: heldOut)
  }

  @Test func healthyCapturesAreLeftAlone() throws {
    let checkup = try checkup(material([6, 6, 7]))
    #expect(checkup.findings.isEmpty)
    #expect(checkup.balancedAccuracy == 1 && checkup.recall == [1, 1, 1])
  }

  @Test func aWrongLabelIsFound() throws {
    let findings = try checkup(material([8, 8, 8], lies: [3: 2])).findings
    #expect(findings.map(\.kind) == [.mislabelled])
    #expect(findings.first?.captures == [3] && findings.first?.classes == [0, 2])
    #expect(findings.first?.note.contains("“class-2”") == true)
  }

  @Test func whatToDoAboutWrongLabelsIsOneSentence() throws {
    let findings = try checkup(material([8, 8, 8], lies: [3: 2, 12: 0])).findings
    #expect(findings.map(\.kind) == [.mislabelled, .mislabelled])
    #expect(Set(findings.map(\.advice)).count == 1)
  }

  @Test func picturesHaveTheirFaultsFound() throws {
    let captures = material([6, 6])
    var signs = signs(12)
    signs[1] = PictureSigns(of: picture(seed: 2, low: 2, high: 40))
    signs[4] = PictureSigns(of: blurred(picture(seed: 5), radius: 2))
    signs[9] = PictureSigns(of: Picture(width: 9, height: 9, pixels: [UInt8](repeating: 200, count: 243)))
    let findings = try checkup(captures, signs).findings
    #expect(findings.map(\.kind) == [.dark, .blurred, .blank])
    #expect(findings.map(\.captures) == [[1], [4], [9]])
    #expect(findings.allSatisfy { !$0.note.isEmpty && !$0.advice.isEmpty })
  }

  @Test func copiesAreFoundWhateverTheirLabel() throws {
    var captures = material([6, 6])
    var signs = signs(12)
    for (copy, original) in [(5, 0), (11, 2)] {
      let saved = try picture(seed: UInt32(original + 1)).encodeJPEG(quality: 40)
      let small = try Picture.decode(saved).resized(width: 96, height: 96, filter: .bilinear)
      signs[copy] = PictureSigns(of: small)
      captures.embeddings[copy] = captures.embeddings[original].map { $0 + 0.02 }
    }
    let findings = try checkup(captures, signs).findings
    #expect(findings.filter { $0.kind == .duplicate }.map(\.captures) == [[0, 5]])
    #expect(findings.filter { $0.kind == .conflict }.map(\.captures) == [[2, 11]])
    #expect(!findings.contains { $0.kind == .mislabelled }, "a conflict says it already")
    captures.groups[0] = "one"
    captures.groups[5] = "one"
    let kinds = try checkup(captures, signs).findings.map(\.kind)
    #expect(kinds.contains(.conflict) && !kinds.contains(.duplicate), "what is known is not said")
  }

  @Test func classesThatCannotBeToldApart() throws {
    let findings = try checkup(material([10, 10, 10], near: [1: 0])).findings
    let confused = findings.filter { $0.kind == .confused }
    #expect(confused.map(\.classes) == [[0, 1]])
    #expect(!findings.contains { $0.classes == [2] })
  }

  @Test func fewAndUniformCaptures() throws {
    let few = try checkup(material([6, 4, 1])).findings
    #expect(few.filter { $0.kind == .few }.map(\.classes) == [[1], [2]])
    let uniform = try checkup(material([6, 6], spread: 0.02)).findings
    #expect(uniform.filter { $0.kind == .uniform }.map(\.classes) == [[0], [1]])
    let only = try checkup(material([6])).findings
    #expect(only.map(\.kind) == [.few] && only[0].note.contains("the only class"))
    #expect(try checkup(material([1])).findings.count == 2)
    #expect(try checkup(material([1])).balancedAccuracy == nil)
  }

  @Test func balanceIsNamedWhereItIsTheTrouble() throws {
    let trouble = try checkup(material([24, 24, 5, 5], spread: 1.5, near: [2: 0, 3: 1])).findings
    let imbalance = trouble.filter { $0.kind == .imbalance }
    #expect(imbalance.map(\.classes) == [[2, 3]] && imbalance[0].note.contains("balance is the trouble"))
    #expect(try !checkup(material([24, 24, 6])).findings.contains { $0.kind == .imbalance })
  }

  @Test func signsDoNotDependOnExtents() {
    let large = PictureSigns(of: picture(seed: 3, block: 24, side: 640))
    let small = PictureSigns(of: picture(seed: 3, block: 6, side: 160))
    #expect(abs(large.brightness - small.brightness) < 2 && abs(large.contrast / small.contrast - 1) < 0.1)
    #expect((0.4..<2.5).contains(large.sharpness / small.sharpness))
    #expect(zip(large.outline, small.outline).reduce(0) { $0 + $1.0 * $1.1 } > 0.97)
    let tiny = PictureSigns(of: Picture(width: 1, height: 1, pixels: [1, 2, 3]))
    #expect(tiny.sharpness.isFinite && tiny.outline.allSatisfy(\.isFinite))
    #expect(throws: PictureError.self) { try PictureSigns(of: [1, 2, 3]) }
  }
}

@Suite struct HeldOutAnswersTests {
  @Test func groupsAreHeldOutTogether() throws {
    var noise = Noise()
    // Two classes that only the group's own number tells apart: who keeps a group's other captures looks good.
    var (rows, labels, groups): ([[Float]], [Int], [String?]) = ([], [], [])
    for unit in 0..<12 {
      for _ in 0..<3 {
        rows.append((0..<32).map { ($0 == unit + 10 ? 1 : 0) + 0.05 * noise.next() })
        labels.append(unit % 2)
        groups.append("unit \(unit)")
      }
    }
    func accuracy(_ groups: [String?]) throws -> Double {
      let material = captures(rows, labels: labels, groups: groups)
      let answers = try HeldOutAnswers(of: material, method: .prototype, threads: 1)
      return answers.recall(material).compactMap { $0 }.reduce(0, +) / 2
    }
    #expect(try accuracy(groups.map { _ in nil }) == 1)
    #expect(try accuracy(groups) < 0.8)
  }

  @Test(arguments: [12, 60, 640])
  func everyCaptureIsAskedOnce(count: Int) throws {
    var noise = Noise()
    let material = captures(
      (0..<count).map { index in (0..<12).map { ($0 == index % 3 ? 1 : 0) + 0.1 * noise.next() } },
      labels: (0..<count).map { $0 % 3 })
    let answers = try HeldOutAnswers(of: material, method: .prototype, threads: 3)
    #expect(answers.parts == (count == 12 ? 12 : count == 60 ? 20 : 10))
    #expect(answers.probabilities.allSatisfy { abs(($0?.reduce(0, +) ?? 0) - 1) < 1e-4 })
    #expect(answers.confusion(material).joined().reduce(0, +) == count)
    #expect(answers.recall(material) == [1, 1, 1])
    let alone = try HeldOutAnswers(of: material, method: .prototype, threads: 1)
    #expect(alone.probabilities == answers.probabilities)
  }

  @Test func aLoneCaptureCannotBeAsked() throws {
    let material = captures([[1, 0], [0.9, 0.1], [0, 1]], labels: [0, 0, 1])
    let answers = try HeldOutAnswers(of: material, method: .logistic, threads: 1)
    #expect(answers.probabilities.map { $0 == nil } == [false, false, true])
    #expect(answers.recall(material)[1] == nil)
  }
}

import LinnetHead
import LinnetInsight
import Testing

@Suite struct BackboneChoiceTests {
  private func trial(_ name: String, _ milliseconds: Double, _ accuracies: [(Double, Double)])
    -> BackboneChoice.Trial
  {
    BackboneChoice.Trial(
      backbone: BackboneIdentity(name: name, digest: "sha256:" + name), path: name,
      milliseconds: milliseconds,
      fileBytes: 1, memoryBytes: 1,
      results: zip([HeadMethod.prototype, .logistic], accuracies).map {
        BackboneChoice.Result(method: $0, balancedAccuracy: $1.0, standardError: $1.1)
      })
  }

  @Test func theFastestThatIsAsGoodIsTaken() throws {
    let large = trial("large", 9, [(0.80, 0.02), (0.90, 0.02)])
    let near = trial("near", 3, [(0.885, 0.02), (0.86, 0.02)])
    let small = trial("small", 1, [(0.70, 0.02), (0.75, 0.02)])
    let choice = try #require(BackboneChoice([large, small, near]))
    #expect(choice.recommended == (2, 0) && choice.reason.contains("large"))
    let without = try #require(BackboneChoice([large, small]))
    #expect(without.recommended == (0, 1) && without.reason.contains("most accurate"))
    #expect(try #require(BackboneChoice([small])).recommended == (0, 1))
  }

  @Test func aBudgetIsKept() throws {
    let large = trial("large", 9, [(0.80, 0.02), (0.90, 0.02)])
    let small = trial("small", 2, [(0.70, 0.02), (0.70, 0.02)])
    #expect(
      try #require(BackboneChoice([large, small], budget: 5)).recommended == (1, 0), "the first of equals")
    let none = try #require(BackboneChoice([large, small], budget: 0.1))
    #expect(none.recommended == (1, 0) && none.reason.contains("none keeps"))
  }

  @Test func nothingToChooseFrom() {
    #expect(BackboneChoice([]) == nil)
    #expect(BackboneChoice([trial("x", 1, [])]) == nil)
  }

  @Test func resultsComeFromHeldOutAnswers() throws {
    var noise = Noise()
    let material = captures(
      (0..<30).map { index in (0..<12).map { ($0 == index % 3 ? 1 : 0) + 0.1 * noise.next() } },
      labels: (0..<30).map { $0 % 3 })
    let answers = try HeldOutAnswers(of: material, method: .prototype, threads: 1)
    let result = try #require(BackboneChoice.Result(method: .prototype, of: material, answers))
    #expect(result.balancedAccuracy == 1 && (0.01..<0.1).contains(result.standardError))
    let lone = captures([[1, 0], [0, 1]], labels: [0, 1])
    let nothing = try HeldOutAnswers(of: lone, method: .prototype, threads: 1)
    #expect(BackboneChoice.Result(method: .prototype, of: lone, nothing) == nil)
  }
}

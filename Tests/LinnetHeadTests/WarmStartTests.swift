import Testing

@testable import LinnetHead

@Suite struct WarmStartTests {
  /// The shots of some classes; the last of each apart.
  private func parts(_ classes: Range<Int>) throws -> (learn: Shots, last: Shots) {
    let shots = try clusters(classes: 6, shots: 6, dimension: 24, spread: 0.6)
    var (learn, last) = (Shots(dimension: 24), Shots(dimension: 24))
    for row in 0..<shots.count where classes.contains(shots.classOf[row]) {
      let label = shots.classes[shots.classOf[row]]
      if row % 6 < 4 {
        try learn.append(shots.embedding(row), label: label)
      } else {
        try last.append(shots.embedding(row), label: label)
      }
    }
    return (learn, last)
  }

  private func recipe(_ method: HeadMethod) -> HeadRecipe {
    var recipe = HeadRecipe(method)
    recipe.perceptron.hidden = 24
    recipe.perceptron.epochs = 60
    return recipe
  }

  private func right(_ head: Head, _ shots: Shots) -> Int {
    (0..<shots.count).filter {
      head.decide(shots.embedding($0)).ranked[0].label == shots.classes[shots.classOf[$0]]
    }.count
  }

  @Test(arguments: [HeadMethod.logistic, .mlp])
  func newClassesAreLearnedAndOldOnesKept(method: HeadMethod) throws {
    let (old, oldQueries) = try parts(0..<4)
    let (new, newQueries) = try parts(4..<6)
    let earlier = try Head.train(recipe(method), shots: old, backbone: backbone)
    let head = try Head.train(
      recipe(method), shots: new, backbone: backbone, support: TrainingSupport(earlier: earlier))
    #expect(head.classes == earlier.classes + new.classes)
    #expect(head.counts == [Int](repeating: 4, count: 6))
    // By chance a sixth would be.
    #expect(2 * right(head, newQueries) >= newQueries.count)
    #expect(right(head, oldQueries) >= right(earlier, oldQueries) - 1)
    #expect(
      try Head(bytes: try head.serialised()).scores(of: old.embeddings) == head.scores(of: old.embeddings))
  }

  /// Shots of two of the four classes, as if the light had changed: a head from them alone knows no others.
  @Test(arguments: [HeadMethod.logistic, .mlp])
  func forgetsLessThanTrainingFromTheNewShotsAlone(method: HeadMethod) throws {
    let (old, queries) = try parts(0..<4)
    let earlier = try Head.train(recipe(method), shots: old, backbone: backbone)
    var new = Shots(dimension: 24)
    for row in 0..<old.count where old.classOf[row] < 2 {
      try new.append(old.embedding(row).map { $0 * 0.8 + 0.1 }, label: old.classes[old.classOf[row]])
    }
    let alone = try Head.train(recipe(method), shots: new, backbone: backbone)
    let further = try Head.train(
      recipe(method), shots: new, backbone: backbone, support: TrainingSupport(earlier: earlier))
    #expect(right(further, queries) > right(alone, queries))
    #expect(right(further, queries) >= right(earlier, queries) - 1)
    #expect(further.counts == [8, 8, 4, 4])
  }

  /// The stronger the penalty, the nearer the weights stay to what they were.
  @Test(arguments: [HeadMethod.logistic, .mlp])
  func weightsAreHeldBackToThoseBefore(method: HeadMethod) throws {
    let (old, _) = try parts(0..<3)
    let (new, _) = try parts(1..<3)
    let earlier = try Head.train(recipe(method), shots: old, backbone: backbone)
    let name = method == .mlp ? "hidden" : "weights"
    let before = try tensor(name, of: earlier, as: Float.self)
    func way(_ regularisation: Float) throws -> Float {
      var recipe = recipe(method)
      recipe.regularisation = regularisation
      let head = try Head.train(
        recipe, shots: new, backbone: backbone, support: TrainingSupport(earlier: earlier))
      return zip(try tensor(name, of: head, as: Float.self), before).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
    }
    let (free, held) = (try way(0.01), try way(100))
    #expect(held < 0.5 * free, "\(held) is not much below \(free)")
  }

  @Test func otherHeadsCannotBeTrainedFurther() throws {
    let (old, _) = try parts(0..<3)
    let prototype = try Head.train(.prototype, shots: old, backbone: backbone)
    let logistic = try Head.train(.logistic, shots: old, backbone: backbone)
    let other = BackboneIdentity(name: "other", digest: "sha256:01")
    #expect(throws: HeadError.self) {
      try Head.train(
        HeadRecipe(.logistic), shots: old, backbone: backbone, support: TrainingSupport(earlier: prototype))
    }
    #expect(throws: HeadError.self) {
      try Head.train(
        HeadRecipe(.mlp), shots: old, backbone: backbone, support: TrainingSupport(earlier: logistic))
    }
    #expect(throws: HeadError.self) {
      try Head.train(
        HeadRecipe(.logistic), shots: old, backbone: other, support: TrainingSupport(earlier: logistic))
    }
  }
}

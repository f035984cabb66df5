internal import LinnetAlgebra
public import LinnetHead
public import LinnetPipeline

/// How well classes are told apart that a head knows from their descriptions alone: classes with pictures are left out
/// in turn as if they had none.
public struct DescriptionEvaluation: Sendable {
  /// Mean over the folds of the mean recall of the classes left out, among each other.
  public let balancedAccuracy: MeanAndInterval
  /// What guessing would reach: one in the classes left out.
  public let chance: Double
  public let classes: [String]
  /// Recall of each class where it was left out, mean over its folds; `nil` where it never was.
  public let recall: [Double?]
  public let folds: Int
  /// Classes left out of a fold.
  public let unseen: Int
  /// Described classes that the folder has pictures of.
  public let described: Int

  /// Learns and asks, over `rounds` deals of the described classes into folds of `unseen`; a remainder sits its round out.
  ///
  /// - Parameter unseen: a quarter of the described classes when `nil`, two at least.
  public init(
    _ descriptions: ClassDescriptions, folder: PictureFolder, embeddings: [[Float]],
    recipe: DescriptionRecipe, unseen: Int?, rounds: Int, seed: UInt64, backbone: BackboneIdentity
  ) throws(PipelineError) {
    var places = folder.classes.indices.filter { descriptions.describes(folder.classes[$0]) }
    let size = unseen ?? max(2, places.count / 4)
    guard places.count >= size + 2 else {
      throw .head(.description(.tooFewSeen(count: max(0, places.count - size))))
    }
    var sums = [(right: Double, count: Int)](repeating: (0, 0), count: folder.classes.count)
    var accuracies: [Double] = []
    for round in 0..<rounds {
      var random = SplitMix(seed: seed &+ UInt64(round) &* 0x9E37_79B9_7F4A_7C15)
      places.sort()
      random.choose(places.count, of: &places)
      for start in stride(from: 0, through: places.count - size, by: size) {
        let left = places[start..<start + size].sorted()
        let recalls = try DescriptionEvaluation.recalls(
          left, descriptions, folder, embeddings, recipe, backbone)
        for (place, recall) in zip(left, recalls) {
          sums[place].right += recall
          sums[place].count += 1
        }
        accuracies.append(recalls.reduce(0, +) / Double(size))
      }
    }
    guard let accuracy = MeanAndInterval(accuracies) else { throw .noQueries }
    balancedAccuracy = accuracy
    chance = 1 / Double(size)
    classes = folder.classes
    recall = sums.map { $0.count == 0 ? nil : $0.right / Double($0.count) }
    folds = accuracies.count
    self.unseen = size
    described = places.count
  }

  /// The share of the pictures of each class left out that are recognised among them.
  private static func recalls(
    _ left: [Int], _ descriptions: ClassDescriptions, _ folder: PictureFolder, _ embeddings: [[Float]],
    _ recipe: DescriptionRecipe, _ backbone: BackboneIdentity
  ) throws(PipelineError) -> [Double] {
    do throws(HeadError) {
      var shots = Shots(dimension: embeddings[0].count)
      for (item, embedding) in zip(folder.items, embeddings) where !left.contains(item.label) {
        try shots.append(embedding, label: folder.classes[item.label])
      }
      let head = try Head.describe(
        left.map { folder.classes[$0] }, by: descriptions, seen: shots, recipe: recipe, backbone: backbone)
      return left.indices.map { own in
        let asked = folder.items.indices.filter { folder.items[$0].label == left[own] }
        let answers = head.decide(rows: asked.flatMap { embeddings[$0] }, top: 1)
        return Double(answers.count { $0.ranked[0].index == own }) / Double(answers.count)
      }
    } catch {
      throw .head(error)
    }
  }
}

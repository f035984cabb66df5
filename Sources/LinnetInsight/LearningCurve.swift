public import LinnetPipeline

/// How much more shots would help: an evaluation for each of several numbers of them.
public struct LearningCurve: Sendable {
  public struct Point: Hashable, Sendable {
    public var shots: Int
    public var balancedAccuracy: MeanAndInterval
  }

  /// Of what.
  public let contender: String
  /// In the order of their shots.
  public let points: [Point]

  /// Deals `episodes` episodes for each number of shots, and learns and asks them.
  ///
  /// - Parameter progress: told how many episodes are done, of all numbers together.
  public init(
    _ shots: [Int], episodes: Int, ways: Int?, seed: UInt64, of material: Evaluation.Material,
    contender: Contender, threads: Int, progress: (Int) -> Void = { _ in }
  ) throws(PipelineError) {
    self.contender = contender.name
    var points: [Point] = []
    for (place, count) in Set(shots).sorted().enumerated() {
      let dealt = try Episode.deal(episodes, shots: count, ways: ways, seed: seed, of: material.folder)
      let evaluation = try Evaluation(dealt, of: material, contender: contender, threads: threads) {
        progress(place * episodes + $0)
      }
      points.append(Point(shots: count, balancedAccuracy: evaluation.balancedAccuracy))
    }
    self.points = points
  }
}

public import LinnetHead

/// Class activation maps (Zhou, Khosla, Lapedriza, Oliva, Torralba, "Learning Deep Features for Discriminative
/// Localization", 2016).
///
/// A backbone's embedding is the mean of its last feature map over positions. A position's share in a score is how
/// the score changes with the weight that the position has in that mean: of a linear head, w·x exactly; of any other,
/// the derivative at the embedding, as Grad-CAM takes it (Selvaraju and others, 2017), here from the score with the
/// position counted half as much and half as much again.
public enum ClassActivation {
  /// The map of the class at `index`.
  ///
  /// - Parameters:
  ///   - featureMap: rows × columns × channels.
  ///   - embedding: the whole vector that the head takes.
  ///   - start: where in it the mean over positions stands; of a pair's second backbone behind the first one's numbers.
  public static func map(
    of index: Int, featureMap: [Float], rows: Int, columns: Int, embedding: [Float], start: Int = 0,
    head: Head
  ) -> HeatMap {
    let positions = rows * columns
    let channels = featureMap.count / positions
    let margin = ClassMargin(of: index, scores: head.scores(of: embedding), temperature: head.temperature)
    let half = 0.5 / Float(positions)
    let values = (0..<positions).map { position -> Float in
      var (more, less) = (embedding, embedding)
      for channel in 0..<channels {
        let share = half * featureMap[position * channels + channel]
        more[start + channel] += share
        less[start + channel] -= share
      }
      let scores = head.scores(of: more + less)
      let count = scores.count / 2
      // The difference spans the position's whole weight: of a linear head the values sum to its score without bias.
      return margin.value(scores[..<count]) - margin.value(scores[count...])
    }
    return HeatMap(rows: rows, columns: columns, values: values)
  }
}

internal import LinnetAlgebra

/// Captures that are hardly different: one picture saved twice, or frames of one moment.
enum NearDuplicates {
  /// Correlation of outlines above which two pictures are one, saved anew, scaled or brightened, if the backbone does
  /// not contradict (cosine at least ``leastCosine``). Among 2956 photographs, drawings and micrographs, seven pairs are
  /// found by these rules, and all are near duplicates; the next pair of different pictures correlates at 0.971.
  static let sameOutline: Float = 0.975
  static let leastCosine: Float = 0.5
  /// The same for cropped pictures, whose outline moves and whose embedding does not.
  static let likeOutline: Float = 0.9
  static let sameCosine: Float = 0.94

  /// Groups of near duplicates, each in order. Pictures that are known to show the same thing are not compared, nor are
  /// blank ones.
  static func groups(_ captures: LabelledCaptures, _ signs: [PictureSigns]) -> [[Int]] {
    let count = captures.count
    let width = signs[0].outline.count
    let outlines = Matrix(rows: count, columns: width, dense: signs.flatMap(\.outline))
    let directions = captures.directions
    var parent = Array(0..<count)
    func root(_ place: Int) -> Int {
      var place = place
      while parent[place] != place { place = parent[place] }
      return place
    }
    for one in 0..<count where !signs[one].isBlank {
      for other in 0..<one where !signs[other].isBlank {
        let outline = outlines.dot(row: one, outlines, row: other)
        guard outline >= likeOutline else { continue }
        if let group = captures.groups[one], group == captures.groups[other] { continue }
        let cosine = directions.dot(row: one, directions, row: other)
        let isSame =
          outline >= sameOutline && cosine >= leastCosine || outline >= likeOutline && cosine >= sameCosine
        if isSame { parent[max(root(one), root(other))] = min(root(one), root(other)) }
      }
    }
    var members = [[Int]](repeating: [], count: count)
    for place in 0..<count { members[root(place)].append(place) }
    return members.filter { $0.count > 1 }
  }
}

/// Shots dealt into parts, so that each shot of a class that has others is held out once.
struct Folds {
  /// The places of each part's shots; empty when nothing can be held out.
  let heldOut: [[Int]]

  /// Shots of one group lie in the same part.
  ///
  /// - Parameter count: the most parts; no more than the largest class has groups.
  init(_ samples: Samples, count: Int) {
    var members: [Int: [Int: [Int]]] = [:]
    for (shot, place) in samples.classOf.enumerated() {
      members[place, default: [:]][samples.groups[shot] ?? -1 - shot, default: []].append(shot)
    }
    let most = members.values.reduce(0) { max($0, $1.count) }
    guard most > 1 else {
      heldOut = []
      return
    }
    let count = min(count, most)
    var parts = [[Int]](repeating: [], count: count)
    var partOf: [Int: Int] = [:]
    // The classes begin at different parts, so that small ones do not all lie in the first.
    for place in members.keys.sorted() {
      let groups = members[place, default: [:]]
      guard groups.count > 1 else { continue }
      let dealt = groups.sorted { $0.value[0] < $1.value[0] }
      for (turn, (group, shots)) in dealt.enumerated() {
        let part = partOf[group] ?? (turn + place) % count
        partOf[group] = part
        parts[part] += shots
      }
    }
    heldOut = parts.filter { !$0.isEmpty }.map { $0.sorted() }
  }
}

public import LinnetHead

extension Shots {
  /// The shots of another world and then these, with weights by which in every class these count together `share` of the
  /// whole: a few shots from where a head works are not outvoted by many from elsewhere.
  ///
  /// A class that only one of the worlds has shots of keeps their weights. Classes are those of `others`, in their order;
  /// one that these alone have becomes the last.
  ///
  /// - Precondition: `share` lies between 0 and 1.
  public func joined(to others: Shots, share: Float = 0.5) throws(HeadError) -> Shots {
    precondition(share > 0 && share < 1, "a share of the whole lies between 0 and 1")
    var result = others
    var masses: [String: (others: Float, own: Float)] = [:]
    for (shot, place) in others.classOf.enumerated() {
      masses[others.classes[place], default: (0, 0)].others += others.weights?[shot] ?? 1
    }
    for (shot, place) in classOf.enumerated() {
      masses[classes[place], default: (0, 0)].own += weights?[shot] ?? 1
    }
    for (shot, place) in classOf.enumerated() {
      let mass = masses[classes[place]]!
      let factor = mass.others > 0 ? mass.others / mass.own * share / (1 - share) : 1
      try result.append(
        Array(embeddings[shot * dimension..<(shot + 1) * dimension]), label: classes[place],
        group: groups[shot], weight: (weights?[shot] ?? 1) * factor)
    }
    for row in 0..<backgroundCount {
      try result.appendBackground(Array(background[row * dimension..<(row + 1) * dimension]))
    }
    return result
  }
}

extension BackboneIdentity {
  /// What a block of a backbone's vector is.
  enum Part: Equatable {
    /// A network's own output.
    case embedding
    /// Means of the channels of an inner map.
    case means
    /// Deviations of the channels of an inner map.
    case deviations
  }

  /// The blocks of vectors of `dimension` numbers, told by their widths: every backbone begins with its embedding, and
  /// each tap behind it is two blocks as wide as each other (``blocks``). Widths that do not add up are one embedding.
  func parts(dimension: Int) -> [(part: Part, range: Range<Int>)] {
    guard blocks.reduce(0, +) == dimension else { return [(.embedding, 0..<dimension)] }
    var parts: [(part: Part, range: Range<Int>)] = []
    var start = 0
    func append(_ part: Part, _ width: Int) {
      parts.append((part, start..<start + width))
      start += width
    }
    var place = 0
    while place < blocks.count {
      if place > 0, place + 1 < blocks.count, blocks[place] == blocks[place + 1] {
        append(.means, blocks[place])
        append(.deviations, blocks[place])
        place += 2
      } else {
        append(.embedding, blocks[place])
        place += 1
      }
    }
    return parts
  }
}

extension EmbeddingTreatment {
  /// Everything that a backbone gives: each embedding both as it is and as square roots, which tells apart what lies in
  /// great activations and what in small ones, and beside them the deviations of inner maps, which say how a picture is
  /// textured where its embedding says what is on it.
  static func layers(of backbone: BackboneIdentity, dimension: Int) -> EmbeddingTreatment {
    var blocks: [Block] = []
    for (part, range) in backbone.parts(dimension: dimension) {
      switch part {
      case .embedding:
        blocks.append(Block(range: range, weight: 0.5))
        blocks.append(Block(range: range, weight: 0.5, power: .squareRoot))
      case .means: break
      case .deviations: blocks.append(Block(range: range, weight: 0.3))
      }
    }
    let total = blocks.reduce(0) { $0 + $1.weight }
    for place in blocks.indices { blocks[place].weight /= total }
    return EmbeddingTreatment(blocks: blocks)
  }
}

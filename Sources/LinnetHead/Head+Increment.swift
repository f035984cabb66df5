internal import LinnetAlgebra

extension Head {
  /// Adds one shot to a prototype head, in microseconds; a label that is new becomes the last class.
  ///
  /// Temperature and threshold stay as they are: ``merge(_:support:)`` of this head alone fits them anew.
  public mutating func add(_ embedding: [Float], label: String) throws(HeadError) {
    try check(embedding, label)
    try change { head, prototypes throws(HeadError) in
      guard Shots.isValid(label: label) else { throw .invalidLabel(label) }
      let place = head.classes.firstIndex(of: label) ?? head.classes.count
      if place == head.classes.count {
        head.classes.append(label)
        head.thresholdOffsets?.append(0)
        prototypes.appendClass()
      }
      guard prototypes.counts[place] < Prototypes.shotLimit else {
        throw .tooManyShots(label: label, limit: Prototypes.shotLimit)
      }
      let shot = KeptShots.coded(embedding[...], class: place)
      prototypes.add(head.treated(shot), row: 0, to: place)
      prototypes.renewDirection(of: place)
      head.kept?.append(shot)
    }
  }

  /// Takes one shot that was added before away again; the class goes with its last shot.
  public mutating func remove(_ embedding: [Float], label: String) throws(HeadError) {
    try check(embedding, label)
    try change { head, prototypes throws(HeadError) in
      guard let place = head.classes.firstIndex(of: label) else { throw .unknownLabel(label) }
      let shot = KeptShots.coded(embedding[...], class: place)
      if head.kept != nil, !head.kept!.remove(like: shot) { throw .unknownShot(label: label) }
      if prototypes.counts[place] == 1 {
        head.classes.remove(at: place)
        head.thresholdOffsets?.remove(at: place)
        prototypes.removeClass(place)
        head.kept?.removeClass(place)
      } else {
        prototypes.add(head.treated(shot), row: 0, to: place, sign: -1)
        prototypes.renewDirection(of: place)
      }
    }
  }

  private func treated(_ shot: KeptShots.Shot) -> Matrix {
    treatment.matrix(of: KeptShots.decoded(shot), dimension: dimension)
  }

  private func check(_ embedding: [Float], _ label: String) throws(HeadError) {
    guard embedding.count == dimension else {
      throw .wrongDimension(expected: dimension, actual: embedding.count)
    }
    guard embedding.allSatisfy({ $0.isFinite }) else { throw .notFinite(label: label) }
  }

  private mutating func change(
    _ body: (inout Head, inout Prototypes) throws(HeadError) -> Void
  ) throws(HeadError) {
    guard case .prototype = scorer, var prototypes else {
      throw .notIncremental(method: kind.rawValue)
    }
    // The copy in the head would make every change of `prototypes` copy all sums.
    self.prototypes = nil
    defer { self.prototypes = prototypes }
    try body(&self, &prototypes)
  }
}

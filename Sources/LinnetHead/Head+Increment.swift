internal import LinnetAlgebra

extension Head {
  /// Adds one shot to a prototype head, in microseconds; a label that is new becomes the last class.
  ///
  /// Temperature and threshold stay as they are: ``train(_:shots:backbone:support:)`` fits them anew.
  public mutating func add(_ embedding: [Float], label: String) throws(HeadError) {
    let shot = try normalised(embedding, label)
    try change { prototypes, classes throws(HeadError) in
      guard Shots.isValid(label: label) else { throw .invalidLabel(label) }
      let place = classes.firstIndex(of: label) ?? classes.count
      if place == classes.count {
        classes.append(label)
        prototypes.appendClass()
      }
      guard prototypes.counts[place] < Prototypes.shotLimit else {
        throw .tooManyShots(label: label, limit: Prototypes.shotLimit)
      }
      prototypes.add(shot, row: 0, to: place)
      prototypes.renewDirection(of: place)
    }
  }

  /// Takes one shot that was added before away again; the class goes with its last shot.
  public mutating func remove(_ embedding: [Float], label: String) throws(HeadError) {
    let shot = try normalised(embedding, label)
    try change { prototypes, classes throws(HeadError) in
      guard let place = classes.firstIndex(of: label) else { throw .unknownLabel(label) }
      if prototypes.counts[place] == 1 {
        classes.remove(at: place)
        prototypes.removeClass(place)
      } else {
        prototypes.add(shot, row: 0, to: place, sign: -1)
        prototypes.renewDirection(of: place)
      }
    }
  }

  private func normalised(_ embedding: [Float], _ label: String) throws(HeadError) -> Matrix {
    guard embedding.count == dimension else {
      throw .wrongDimension(expected: dimension, actual: embedding.count)
    }
    guard embedding.allSatisfy({ $0.isFinite }) else { throw .notFinite(label: label) }
    return treatment.matrix(of: embedding, dimension: dimension)
  }

  private mutating func change(_ body: (inout Prototypes, inout [String]) throws(HeadError) -> Void)
    throws(HeadError)
  {
    guard case .prototype = scorer, var prototypes else {
      throw .notIncremental(method: kind.rawValue)
    }
    // The copy in the head would make every change of `prototypes` copy all sums.
    self.prototypes = nil
    var names = classes
    defer { self.prototypes = prototypes }
    try body(&prototypes, &names)
    classes = names
  }
}

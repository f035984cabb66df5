internal import LinnetAlgebra

/// Shots as a head keeps them, so that heads that were learned apart can be merged into what one learned from all shots
/// would be, to the last bit.
///
/// The numbers of a shot are 16-bit codes times a power of two that suits its greatest number. That is close to the embedding
/// (2⁻¹⁵ of its greatest number), and exact from there on: coding what was decoded gives the same codes.
struct KeptShots: Hashable, Sendable {
  /// One shot. Background belongs to no class.
  struct Shot: Hashable, Sendable {
    var codes: [Int16]
    /// A code stands for itself times 2 to this power.
    var exponent: Int32
    var classPlace: Int?
    var weight: Float
    var group: String?
  }

  /// The exponents that a float's range needs.
  static let exponents: ClosedRange<Int32> = -149...113

  let dimension: Int
  private(set) var shots: [Shot] = []

  init(dimension: Int) { self.dimension = dimension }

  /// - Precondition: all shots have `dimension` codes.
  init(dimension: Int, shots: [Shot]) {
    self.dimension = dimension
    self.shots = shots
    sort()
  }

  init(_ shots: Shots) {
    dimension = shots.dimension
    self.shots.reserveCapacity(shots.count + shots.backgroundCount)
    for row in 0..<shots.count {
      let embedding = shots.embeddings[row * dimension..<(row + 1) * dimension]
      self.shots.append(
        KeptShots.coded(
          embedding, class: shots.classOf[row], weight: shots.weights?[row] ?? 1, group: shots.groups[row]))
    }
    for row in 0..<shots.backgroundCount {
      let embedding = shots.background[row * dimension..<(row + 1) * dimension]
      self.shots.append(KeptShots.coded(embedding, class: nil))
    }
    sort()
  }

  /// The shots again, in their one order.
  func shots(classes: [String]) throws(HeadError) -> Shots {
    var result = try Shots(dimension: dimension, classes: classes)
    result.reserve(shots.count)
    for shot in shots {
      let embedding = KeptShots.decoded(shot)
      if let place = shot.classPlace {
        try result.append(embedding, class: place, group: shot.group, weight: shot.weight)
      } else {
        try result.appendBackground(embedding)
      }
    }
    return result
  }

  /// Adds one at the end.
  mutating func append(_ shot: Shot) { shots.append(shot) }

  /// Takes one away that is the same as `shot` in codes, exponent and class; whether there was one.
  mutating func remove(like shot: Shot) -> Bool {
    let place = shots.firstIndex {
      $0.classPlace == shot.classPlace && $0.exponent == shot.exponent && $0.codes == shot.codes
    }
    guard let place else { return false }
    shots.remove(at: place)
    return true
  }

  /// After the class at `place` went.
  mutating func removeClass(_ place: Int) {
    shots.removeAll { $0.classPlace == place }
    for index in shots.indices {
      if let own = shots[index].classPlace, own > place { shots[index].classPlace = own - 1 }
    }
  }

  /// The same shots with classes at other places.
  func moved(_ places: [Int]) -> [Shot] {
    shots.map { shot in
      var shot = shot
      shot.classPlace = shot.classPlace.map { places[$0] }
      return shot
    }
  }

  /// By class, then by codes and the rest, background last: one order, whatever the shots' was.
  mutating func sort() { shots.sort(by: KeptShots.precedes) }

  private static func precedes(_ a: Shot, _ b: Shot) -> Bool {
    if a.classPlace != b.classPlace { return a.classPlace ?? .max < b.classPlace ?? .max }
    for place in a.codes.indices where a.codes[place] != b.codes[place] {
      return a.codes[place] < b.codes[place]
    }
    if a.exponent != b.exponent { return a.exponent < b.exponent }
    if a.weight != b.weight { return a.weight < b.weight }
    switch (a.group, b.group) {
    case (let a?, let b?): return a.utf8.lexicographicallyPrecedes(b.utf8)
    case (nil, .some): return true
    default: return false
    }
  }

  /// - Precondition: the numbers are finite.
  static func coded(
    _ embedding: ArraySlice<Float>, class place: Int?, weight: Float = 1, group: String? = nil
  ) -> Shot {
    let greatest = unsafe embedding.withUnsafeBufferPointer { unsafe greatestMagnitude($0) }
    guard greatest > 0 else {
      let codes = [Int16](repeating: 0, count: embedding.count)
      return Shot(codes: codes, exponent: 0, classPlace: place, weight: weight, group: group)
    }
    // The greatest code lies in 2¹⁴…2¹⁵ − 1.
    let exponent = max(Int32(greatest.exponent) - 14, exponents.lowerBound)
    let whole = Double(sign: .plus, exponent: -Int(exponent), significand: 1)
    let codes = unsafe [Int16](unsafeUninitializedCapacity: embedding.count) { codes, count in
      count = embedding.count
      unsafe embedding.withUnsafeBufferPointer { numbers in
        for place in 0..<count {
          // Adding 1.5 · 2⁵² leaves the nearest integer, of two the even one, in the low bits of the mantissa.
          let shifted = unsafe Double(numbers[place]) * whole + 6_755_399_441_055_744
          let code = Int32(truncatingIfNeeded: shifted.bitPattern)
          unsafe codes[place] = Int16(truncatingIfNeeded: max(min(code, 32767), -32767))
        }
      }
    }
    return Shot(codes: codes, exponent: exponent, classPlace: place, weight: weight, group: group)
  }

  static func decoded(_ shot: Shot) -> [Float] {
    let step = Double(sign: .plus, exponent: Int(shot.exponent), significand: 1)
    return shot.codes.map { Float(Double($0) * step) }
  }
}

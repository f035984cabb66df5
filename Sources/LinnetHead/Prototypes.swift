internal import LinnetAlgebra

/// The mean direction of every class, from sums of L2-normalised embeddings.
///
/// Sums are integers, each component in steps of 2⁻¹⁸, so that adding is exact: the order of shots does not matter to
/// the last bit, and taking a shot away leaves what was there before it.
struct Prototypes: Sendable {
  /// Steps in one.
  static let steps: Float = 262_144
  /// More shots of a class could overflow its sum.
  static let shotLimit = 8191

  let dimension: Int
  /// `classes · dimension` components.
  private(set) var sums: [Int32]
  /// Shots of every class.
  private(set) var counts: [Int32]
  /// The sums divided by their length, a row a class; zero where the sum is.
  private(set) var directions: Matrix

  init(dimension: Int, classCount: Int) {
    self.dimension = dimension
    sums = [Int32](repeating: 0, count: classCount * dimension)
    counts = [Int32](repeating: 0, count: classCount)
    directions = Matrix(rows: classCount, columns: dimension)
  }

  /// - Precondition: a component is at most its class's count times ``steps`` in magnitude, and counts are within
  ///   ``shotLimit``.
  init(dimension: Int, sums: [Int32], counts: [Int32]) {
    self.dimension = dimension
    self.sums = sums
    self.counts = counts
    directions = Matrix(rows: counts.count, columns: dimension)
    for place in 0..<counts.count { renewDirection(of: place) }
  }

  /// Adds (`sign` 1) or takes away (−1) one row of `embeddings`, which is L2-normalised.
  mutating func add(_ embeddings: Matrix, row: Int, to place: Int, sign: Int32 = 1) {
    for column in 0..<dimension {
      sums[place * dimension + column] += sign * Prototypes.fixed(embeddings[row, column])
    }
    counts[place] += sign
  }

  mutating func appendClass() {
    self = Prototypes(
      dimension: dimension, sums: sums + [Int32](repeating: 0, count: dimension), counts: counts + [0])
  }

  mutating func removeClass(_ place: Int) {
    var (sums, counts) = (sums, counts)
    sums.removeSubrange(place * dimension..<(place + 1) * dimension)
    counts.remove(at: place)
    self = Prototypes(dimension: dimension, sums: sums, counts: counts)
  }

  /// Must follow every change of a class's sum.
  mutating func renewDirection(of place: Int) {
    let sum = sums[place * dimension..<(place + 1) * dimension].map { Float($0) }
    let direction = EmbeddingTreatment.l2.matrix(of: sum, dimension: dimension)
    for column in 0..<dimension { directions[place, column] = direction[0, column] }
  }

  /// The Euclidean length of the sum of `place`, in units of one shot.
  func length(of place: Int) -> Double {
    var squares = 0.0
    for component in sums[place * dimension..<(place + 1) * dimension] {
      squares += Double(component) * Double(component)
    }
    return squares.squareRoot() / Double(Prototypes.steps)
  }

  /// The nearest step; `component` lies in −1…1 but for rounding.
  private static func fixed(_ component: Float) -> Int32 {
    // Adding 1.5 · 2²³ rounds to the nearest integer, ties to even, and leaves it in the low bits.
    Int32(bitPattern: (component * steps + 12_582_912).bitPattern) - 0x4B40_0000
  }
}

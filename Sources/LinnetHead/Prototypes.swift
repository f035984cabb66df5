internal import LinnetAlgebra

/// The mean direction of every class, from sums of treated embeddings.
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

  /// Of samples, every class of which has at least one and at most ``shotLimit``.
  init(_ samples: Samples) {
    self.init(dimension: samples.matrix.columns, classCount: samples.classCount)
    let shares = Prototypes.shares(samples.weights)
    for row in 0..<samples.count {
      add(samples.matrix, row: row, to: samples.classOf[row], share: shares?[row] ?? 1)
    }
    for place in 0..<samples.classCount { renewDirection(of: place) }
  }

  /// What of every sample goes into its class's sum: the weights, the greatest of them made one.
  static func shares(_ weights: [Float]?) -> [Float]? {
    guard let weights, let greatest = weights.max() else { return nil }
    return weights.map { $0 / greatest }
  }

  /// Adds (`sign` 1) or takes away (−1) one row of `embeddings`, which is at most one long.
  mutating func add(_ embeddings: Matrix, row: Int, to place: Int, sign: Int32 = 1, share: Float = 1) {
    let (dimension, stride) = (dimension, embeddings.stride)
    unsafe embeddings.withValues { values in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        for column in 0..<dimension {
          let component = unsafe values[row * stride + column]
          unsafe sums[place * dimension + column] += sign * Prototypes.fixed(component * share)
        }
      }
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
    let length = length(of: place) * Double(Prototypes.steps)
    let factor = length > 0 ? Float(1 / length) : 0
    let (dimension, stride) = (dimension, directions.stride)
    unsafe sums.withUnsafeBufferPointer { sums in
      unsafe directions.withMutableValues { directions in
        for column in 0..<dimension {
          unsafe directions[place * stride + column] = Float(sums[place * dimension + column]) * factor
        }
      }
    }
  }

  /// The Euclidean length of the sum of `place`, in units of one shot.
  func length(of place: Int) -> Double {
    var squares = 0.0
    unsafe sums.withUnsafeBufferPointer { sums in
      for column in place * dimension..<(place + 1) * dimension {
        let component = unsafe Double(sums[column])
        squares += component * component
      }
    }
    return squares.squareRoot() / Double(Prototypes.steps)
  }

  /// The nearest step; `component` lies in −1…1 but for rounding.
  private static func fixed(_ component: Float) -> Int32 {
    // Adding 1.5 · 2²³ rounds to the nearest integer, ties to even, and leaves it in the low bits.
    Int32(bitPattern: (component * steps + 12_582_912).bitPattern) - 0x4B40_0000
  }
}

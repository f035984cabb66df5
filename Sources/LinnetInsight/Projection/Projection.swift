internal import LinnetAlgebra

/// Captures laid out in a plane so that what looks alike to the backbone lies together.
public struct Projection: Sendable {
  /// A place a capture: to the right, and up.
  public let points: [SIMD2<Float>]
  /// The share of the captures' variance along each of the two axes; `nil` where the layout was made elsewhere.
  public let shares: SIMD2<Double>?
  /// How the layout was made, for people.
  public let method: String

  /// A layout that was made elsewhere.
  public init(points: [SIMD2<Float>], method: String) {
    (self.points, self.method, shares) = (points, method, nil)
  }

  /// The two directions in which embeddings of unit length differ most (Pearson, "On lines and planes of closest fit to
  /// systems of points in space", 1901; Hotelling 1933).
  ///
  /// Found by subspace iteration (Halko, Martinsson, Tropp, "Finding structure with randomness", 2011) on the matrix of
  /// inner products of the centred embeddings, which is never written out. Of the two senses of an axis, that is taken in
  /// which the capture farthest from the middle lies on the positive side.
  public init(principalAxesOf captures: LabelledCaptures) {
    var matrix = captures.directions
    Self.centre(&matrix)
    let variance = matrix.dot(matrix)
    let axes = Self.axes(of: matrix)
    points = (0..<captures.count).map { SIMD2(axes[0].places[$0], axes[1].places[$0]) }
    shares =
      variance > 0
      ? SIMD2(axes[0].variance / variance, axes[1].variance / variance) : SIMD2(0, 0)
    method = "principal components"
  }

  /// Vectors that are iterated: more than wanted, so that the wanted ones settle soon.
  private static let block = 8
  private static let rounds = 40

  private static func centre(_ matrix: inout Matrix) {
    for column in 0..<matrix.columns {
      var sum = 0.0
      for row in 0..<matrix.rows { sum += Double(matrix[row, column]) }
      let mean = Float(sum / Double(matrix.rows))
      for row in 0..<matrix.rows { matrix[row, column] -= mean }
    }
  }

  private typealias Axis = (places: [Float], variance: Double)

  /// Where the rows lie along the two directions of greatest variance.
  private static func axes(of matrix: Matrix) -> [Axis] {
    let count = matrix.rows
    let nothing: Axis = ([Float](repeating: 0, count: count), 0)
    let columns = matrix.transposed
    var random = SplitMix(seed: 1)
    var basis = Matrix(rows: min(block, count), columns: count)
    for row in 0..<basis.rows {
      for place in 0..<count { basis[row, place] = Float(random.next() >> 40) / 16_777_216 - 0.5 }
    }
    for _ in 0..<rounds {
      orthonormalise(&basis)
      basis = basis.timesTransposed(columns).timesTransposed(matrix)
    }
    orthonormalise(&basis)
    let images = basis.timesTransposed(columns)
    let small = SmallEigen(of: images.timesTransposed(images, isSymmetric: true))
    var axes = small.values.indices.prefix(2).map { index -> Axis in
      let variance = max(0, small.values[index])
      let length = Float(variance.squareRoot())
      var places = [Float](repeating: 0, count: count)
      for (row, share) in small.vectors[index].enumerated() {
        for place in 0..<count { places[place] += Float(share) * basis[row, place] * length }
      }
      let farthest = places.indices.max { (abs(places[$0]), $1) < (abs(places[$1]), $0) } ?? 0
      return (places[farthest] < 0 ? places.map { -$0 } : places, variance)
    }
    while axes.count < 2 { axes.append(nothing) }
    return axes
  }

  /// Makes the rows orthogonal and of unit length, one after the other (Gram and Schmidt, twice for exactness); a row that
  /// depends on those before it becomes zero.
  private static func orthonormalise(_ basis: inout Matrix) {
    for row in 0..<basis.rows {
      let before = basis.dot(row: row, basis, row: row)
      for _ in 0..<2 {
        for earlier in 0..<row {
          let along = basis.dot(row: row, basis, row: earlier)
          basis.add(-along, from: earlier, to: row, length: basis.stride)
        }
      }
      let squares = basis.dot(row: row, basis, row: row)
      let factor = squares > before * 1e-10 && squares > 0 ? 1 / squares.squareRoot() : 0
      for place in 0..<basis.columns { basis[row, place] *= factor }
    }
  }
}

/// Eigenvalues and vectors of a small symmetric matrix, the greatest first, by rotations (Jacobi 1846).
struct SmallEigen {
  private(set) var values: [Double] = []
  private(set) var vectors: [[Double]] = []

  init(of matrix: Matrix) {
    let count = matrix.rows
    var a = (0..<count).map { row in (0..<count).map { Double(matrix[row, $0]) } }
    var v = (0..<count).map { row in (0..<count).map { row == $0 ? 1.0 : 0 } }
    for _ in 0..<30 {
      var off = 0.0
      for p in 0..<count {
        for q in p + 1..<max(count, p + 1) where a[p][q] != 0 {
          off += abs(a[p][q])
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<count { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
          for k in 0..<count { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
          for k in 0..<count { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
        }
      }
      if off == 0 { break }
    }
    let order = (0..<count).sorted { (-a[$0][$0], $0) < (-a[$1][$1], $1) }
    values = order.map { a[$0][$0] }
    vectors = order.map { column in (0..<count).map { v[$0][column] } }
  }
}

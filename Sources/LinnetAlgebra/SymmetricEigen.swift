/// The eigenvalues and orthonormal eigenvectors of a symmetric matrix: Householder reflections to three diagonals, then
/// implicit QL steps with Wilkinson's shift (Golub, Van Loan, "Matrix Computations", 2013, §8.3). In double precision, in
/// one fixed order, so that every machine gives the same bits.
public struct SymmetricEigen: Sendable {
  /// From the greatest to the least.
  public let values: [Double]
  /// Row i is the eigenvector of value i; of its elements the one of greatest magnitude is positive.
  public let vectors: Matrix

  /// - Precondition: `matrix` is square; only its lower triangle is read.
  public init(_ matrix: Matrix) {
    precondition(matrix.rows == matrix.columns, "an eigenvector needs a square matrix")
    let count = matrix.rows
    var work = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0...row {
        let entry = Double(matrix[row, column])
        work[row * count + column] = entry
        work[column * count + row] = entry
      }
    }
    var diagonal = [Double](repeating: 0, count: count)
    var beside = [Double](repeating: 0, count: count)
    var vectors = [Double](repeating: 0, count: count * count)
    unsafe work.withUnsafeMutableBufferPointer { work in
      unsafe diagonal.withUnsafeMutableBufferPointer { diagonal in
        unsafe beside.withUnsafeMutableBufferPointer { beside in
          unsafe vectors.withUnsafeMutableBufferPointer { vectors in
            guard count > 0 else { return }
            let problem = unsafe Problem(
              count: count, work: work.baseAddress!, diagonal: diagonal.baseAddress!,
              beside: beside.baseAddress!, vectors: vectors.baseAddress!)
            problem.reduce()
            problem.accumulate()
            problem.iterate()
          }
        }
      }
    }
    let order = diagonal.indices.sorted { (-diagonal[$0], $0) < (-diagonal[$1], $1) }
    values = order.map { diagonal[$0] }
    var sorted = Matrix(rows: count, columns: count)
    for (row, place) in order.enumerated() {
      let vector = vectors[place * count..<(place + 1) * count]
      var greatest = 0.0
      for entry in vector where abs(entry) > abs(greatest) { greatest = entry }
      let sign: Double = greatest < 0 ? -1 : 1
      for (column, entry) in vector.enumerated() { sorted[row, column] = Float(sign * entry) }
    }
    self.vectors = sorted
  }
}

/// Arrays of `count` or `count²` elements that outlive it.
@safe private struct Problem {
  let count: Int
  /// First the matrix; then, below its diagonal, the reflections.
  let work: UnsafeMutablePointer<Double>
  let diagonal: UnsafeMutablePointer<Double>
  /// Element i stands between diagonal elements i and i + 1.
  let beside: UnsafeMutablePointer<Double>
  /// A row an eigenvector.
  let vectors: UnsafeMutablePointer<Double>

  /// Reflection k is 1 − v vᵀ with v in column k of `work`, below the diagonal, written as a row above it.
  func reduce() {
    var along = [Double](repeating: 0, count: count)
    for k in 0..<count {
      unsafe diagonal[k] = work[k * count + k]
      guard k + 1 < count else { break }
      let v = unsafe work + k * count
      var squares = 0.0
      for i in k + 1..<count { unsafe squares += v[i] * v[i] }
      let length = squares.squareRoot()
      guard length > 0 else {
        unsafe beside[k] = 0
        continue
      }
      let first = unsafe v[k + 1]
      let alpha = first > 0 ? -length : length
      unsafe beside[k] = alpha
      // v = (x − α e) · √(2 / |x − α e|²)
      let scale = (1 / (squares - first * alpha)).squareRoot()
      for i in k + 1..<count { unsafe v[i] *= scale }
      unsafe v[k + 1] = (first - alpha) * scale
      unsafe along.withUnsafeMutableBufferPointer { p in
        for i in k + 1..<count { unsafe p[i] = 0 }
        for i in k + 1..<count {
          let row = unsafe work + i * count
          let factor = unsafe v[i]
          for j in k + 1..<count { unsafe p[j] += factor * row[j] }
        }
        var inner = 0.0
        for i in k + 1..<count { unsafe inner += v[i] * p[i] }
        for i in k + 1..<count { unsafe p[i] -= inner / 2 * v[i] }
        for i in k + 1..<count {
          let row = unsafe work + i * count
          let (a, b) = unsafe (v[i], p[i])
          for j in k + 1..<count { unsafe row[j] -= a * p[j] + b * v[j] }
        }
      }
    }
  }

  /// The product of the reflections, transposed, into `vectors`.
  func accumulate() {
    for i in 0..<count { unsafe vectors[i * count + i] = 1 }
    var sums = [Double](repeating: 0, count: count)
    for k in stride(from: count - 2, through: 0, by: -1) {
      guard unsafe beside[k] != 0 else { continue }
      let v = unsafe work + k * count
      // Row r of `vectors` is column r of the product: (1 − v vᵀ) on the left of the product is on the right here.
      for row in k + 1..<count {
        let line = unsafe vectors + row * count
        var inner = 0.0
        for j in k + 1..<count { unsafe inner += line[j] * v[j] }
        sums[row] = inner
      }
      for row in k + 1..<count {
        let line = unsafe vectors + row * count
        let inner = sums[row]
        for j in k + 1..<count { unsafe line[j] -= inner * v[j] }
      }
    }
  }

  /// QL with implicit shifts: the diagonal becomes the eigenvalues.
  func iterate() {
    for low in 0..<count {
      var steps = 0
      while steps < 60 {
        var high = low
        while high + 1 < count {
          let scale = unsafe abs(diagonal[high]) + abs(diagonal[high + 1])
          if unsafe abs(beside[high]) <= scale * 1.2e-16 { break }
          high += 1
        }
        if high == low { break }
        steps += 1
        step(low, high)
      }
    }
  }

  private func step(_ low: Int, _ high: Int) {
    let half = unsafe (diagonal[low + 1] - diagonal[low]) / (2 * beside[low])
    let root = (half * half + 1).squareRoot()
    var g =
      unsafe diagonal[high] - diagonal[low] + beside[low] / (half + (half < 0 ? -root : root))
    var (sine, cosine, p) = (1.0, 1.0, 0.0)
    for i in stride(from: high - 1, through: low, by: -1) {
      let f = unsafe sine * beside[i]
      let b = unsafe cosine * beside[i]
      let r = (f * f + g * g).squareRoot()
      unsafe beside[i + 1] = r
      guard r > 0 else {
        unsafe diagonal[i + 1] -= p
        unsafe beside[high] = 0
        return
      }
      sine = f / r
      cosine = g / r
      g = unsafe diagonal[i + 1] - p
      let t = unsafe (diagonal[i] - g) * sine + 2 * cosine * b
      p = sine * t
      unsafe diagonal[i + 1] = g + p
      g = cosine * t - b
      let (upper, lower) = unsafe (vectors + i * count, vectors + (i + 1) * count)
      for column in 0..<count {
        let (x, y) = unsafe (upper[column], lower[column])
        unsafe lower[column] = sine * x + cosine * y
        unsafe upper[column] = cosine * x - sine * y
      }
    }
    unsafe diagonal[low] -= p
    unsafe beside[low] = g
    unsafe beside[high] = 0
  }
}

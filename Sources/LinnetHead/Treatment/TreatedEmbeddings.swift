internal import LinnetAlgebra

/// A number of treated embeddings at a time, in memory that is kept from one time to the next.
struct TreatedEmbeddings {
  let treatment: EmbeddingTreatment
  /// A row an embedding.
  private(set) var matrix: Matrix
  private var prior: MetricPrior.Workspace?

  init(_ treatment: EmbeddingTreatment, count: Int) {
    self.treatment = treatment
    matrix = Matrix(rows: count, columns: treatment.width)
    prior = treatment.prior.map { MetricPrior.Workspace($0, count: count) }
  }

  /// - Parameter rows: as many whole embeddings of `dimension` numbers as the matrix has rows, one after the other.
  mutating func take(_ rows: [Float], dimension: Int) {
    precondition(rows.count == matrix.rows * dimension, "embeddings of another number or width")
    guard prior == nil else {
      prior?.write(rows, dimension: dimension, to: &matrix)
      return
    }
    for row in 0..<matrix.rows {
      treatment.write(rows, place: row, dimension: dimension, to: &matrix, row: row)
    }
  }
}

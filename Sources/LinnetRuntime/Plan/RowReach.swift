/// Which rows of its input an operator needs for rows of its output: the vertical side of a window.
struct RowReach: Equatable {
  var kernel = 1
  var stride = 1
  var padTop = 0
  var inputHeight: Int
  var outputHeight: Int

  /// The input rows under output `rows`; empty where those see nothing but padding.
  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let first = min(max(0, rows.lowerBound * stride - padTop), inputHeight)
    guard !rows.isEmpty else { return first..<first }
    return first..<max(first, min(inputHeight, (rows.upperBound - 1) * stride - padTop + kernel))
  }

  /// At most so many input rows are needed for `count` neighbouring output rows.
  func inputRows(count: Int) -> Int { min(inputHeight, (count - 1) * stride + kernel) }
}

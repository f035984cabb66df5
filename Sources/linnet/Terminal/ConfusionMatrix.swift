/// A confusion matrix drawn with characters: a row a true class, a column an answer, shares of the row in per cent.
struct ConfusionMatrix {
  let labels: [String]
  /// Names of the columns, when there are more answers than classes.
  var answers: [String]
  let counts: [[Int]]

  init(labels: [String], answers: [String]? = nil, counts: [[Int]]) {
    self.labels = labels
    self.answers = answers ?? labels
    self.counts = counts
  }

  /// As wide as a terminal of 80 columns needs: many classes get letters for columns and narrow cells.
  func lines(_ output: Output) -> [String] {
    let names = labels.map { shortened(visible($0), to: 24) }
    let marks = answers.indices.map(columnMark)
    let nameWidth = names.map(displayWidth).max() ?? 0
    let markWidth = marks.map(\.count).max() ?? 1
    var result: [String] = []
    let lead = String(repeating: " ", count: nameWidth + markWidth + 2)
    result.append(lead + marks.map { right($0, 4) }.joined() + "   recall")
    for (truth, row) in counts.enumerated() {
      let total = row.reduce(0, +)
      var line = names[truth] + String(repeating: " ", count: nameWidth - displayWidth(names[truth]) + 1)
      line += right(marks[truth], markWidth) + " "
      for (answer, count) in row.enumerated() {
        line += cell(count, of: total, isRight: answer == truth, output)
      }
      line += total == 0 ? "        –" : right(decimal(Double(row[truth]) / Double(total), 3), 9)
      result.append(line)
    }
    if answers.count > labels.count {
      let extra = answers.indices.dropFirst(labels.count).map { "\(marks[$0]) \(answers[$0])" }
      result.append(output.dim(lead + extra.joined(separator: ", ")))
    }
    return result
  }

  /// Shares in per cent: full strength on the diagonal, a dot for none.
  private func cell(_ count: Int, of total: Int, isRight: Bool, _ output: Output) -> String {
    guard count > 0 else { return output.dim("   ·") }
    let share = Int((Double(count) / Double(total) * 100).rounded())
    let text = right(share == 0 ? "<1" : "\(share)", 4)
    return isRight ? output.green(text) : output.yellow(text)
  }

  /// a, b, … z, aa, ab …
  private func columnMark(_ place: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(place % 26)))
    return place < 26 ? letter : columnMark(place / 26 - 1) + letter
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - displayWidth(text))) + text
  }

  private func shortened(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var result = text
    while displayWidth(result) > width - 1 { result.removeLast() }
    return result + "…"
  }
}

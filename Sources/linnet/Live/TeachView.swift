internal import LinnetPipeline

/// How the teach screen is laid out: the picture, and beside it, or under it where the terminal is narrow, the panel of
/// labels, scores and keys.
struct TeachView {
  /// Places in characters.
  struct Area: Equatable {
    var row: Int
    var column: Int
    var columns: Int
    var rows: Int
  }

  let picture: Area
  let panel: Area
  /// Whether the panel stands beside the picture.
  let isBeside: Bool

  /// - Parameter labels: how many labels there are.
  init(_ size: ScreenSize, labels: Int) {
    isBeside = size.columns >= 76
    if isBeside {
      let width = min(46, max(34, size.columns * 2 / 5))
      panel = Area(row: 0, column: size.columns - width, columns: width, rows: size.rows)
      picture = Area(row: 0, column: 0, columns: size.columns - width - 2, rows: size.rows)
    } else {
      let rows = min(size.rows, labels + 7)
      panel = Area(row: size.rows - rows, column: 0, columns: size.columns, rows: rows)
      picture = Area(row: 0, column: 0, columns: size.columns, rows: max(0, size.rows - rows))
    }
  }

  /// The panel's lines, each as wide as it and as many as it has.
  ///
  /// - Parameters:
  ///   - scores: the confidence of each label, where there is a head.
  ///   - decision: what the head says, smoothed.
  ///   - trouble: why no pictures come, where none do.
  func lines(
    _ state: TeachState, scores: [String: Float], decision: LiveDecision?, trouble: String?, _ output: Output
  ) -> [String] {
    let width = panel.columns
    var lines: [String] = []
    for (place, label) in state.labels.enumerated() {
      let key = place < 9 ? "\(place + 1)" : " "
      lines.append(
        StateLine.score(
          "\(key) \(label) (\(state.counts[label] ?? 0))", scores[label] ?? 0, width: width, output))
    }
    lines.append(output.dim(fitted("b background (\(state.background))", width)))
    let gap = isBeside ? [fitted("", width)] : []
    lines += gap
    lines.append(says(decision, hasShots: !scores.isEmpty, output))
    let isBad = trouble != nil || state.isTrouble
    for text in Self.wrapped(trouble ?? state.message, width).prefix(isBeside ? 4 : 2) {
      lines.append(isBad ? output.yellow(fitted(text, width)) : fitted(text, width))
    }
    lines += gap
    if let entry = state.entry {
      lines.append(output.bold(fitted("name: \(entry)▏", width)))
      lines.append(
        output.dim(fitted("Enter keeps it" + (state.labels.isEmpty ? "" : ", Esc does not"), width)))
    } else {
      lines.append(output.dim(fitted("1–9 shot (hold: more)  n new label", width)))
      lines.append(output.dim(fitted("b background  u undo  q done", width)))
    }
    while lines.count < panel.rows { lines.append(fitted("", width)) }
    return Array(lines.prefix(panel.rows))
  }

  private func says(_ decision: LiveDecision?, hasShots: Bool, _ output: Output) -> String {
    let width = panel.columns
    switch decision?.state {
    case .label(let label): return output.bold(fitted("▶ \(label)", width))
    case .unknown: return output.yellow(fitted("▶ unknown", width))
    case .noPicture: return output.yellow(fitted("no picture", width))
    case .moving, nil: return output.dim(fitted(hasShots ? "…" : "nothing is taught yet", width))
    }
  }

  /// Words in lines of at most `width` columns; a longer word is left as it is.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if displayWidth(line) + 1 + displayWidth(String(word)) <= width {
        lines[lines.count - 1] = line + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

internal import LinnetDomain
internal import LinnetHead
internal import LinnetSafetensors

extension Adapt {
  /// What adapting came to.
  struct Outcome {
    let choice: DomainChoice
    let frames: Int
    let shots: Int
    /// How many of the frames' world had labels.
    let labelled: Int
    /// Frames of every label by the head as it was, and by the new one; threshold or not.
    let answers: [(label: String, before: Int, after: Int)]

    /// - Parameter present: the head of the shots alone.
    init(_ choice: DomainChoice, frames: Frames, shots: Shots, labelled: Int, present: Head) {
      func count(_ head: Head) -> [Int] {
        var counts = [Int](repeating: 0, count: head.classes.count)
        for answer in head.decide(rows: frames.embeddings, top: 1) { counts[answer.ranked[0].index] += 1 }
        return counts
      }
      let (before, after) = (count(present), count(choice.head))
      self.choice = choice
      self.frames = frames.count
      self.shots = shots.count
      self.labelled = labelled
      answers = shots.classes.indices.map { (shots.classes[$0], before[$0], after[$0]) }
    }

    /// Whether the head stays as it is.
    var isKept: Bool { choice.method == .none && labelled == 0 }

    /// What the head was fitted to.
    var source: String {
      let own = counted(labelled, "labelled frame", "labelled frames")
      guard choice.method != .none else { return own }
      let others = "\(counted(frames, "frame", "frames")) by \(choice.method.rawValue)"
      return labelled > 0 ? "\(own) and \(others)" : others
    }
  }

  func report(_ outcome: Outcome) {
    let choice = outcome.choice
    let output = Output()
    let name = output.bold(visible(self.output ?? set.head))
    if outcome.isKept {
      output.line("\(name) \(isDryRun ? "would stay" : "stays") as it is: \(visible(choice.reason))")
    } else {
      let verb = isDryRun ? "would be" : "is"
      output.line("\(name) \(verb) adapted to \(outcome.source): \(visible(reason(outcome)))")
    }
    for line in choice.grounds { output.line(output.dim("  " + line)) }
    if outcome.isKept {
      if choice.shift.isClear, case .auto = way {
        output.line(
          "One or two pictures of each label from there, enrolled or given with --labelled, help more.")
      }
      return
    }
    var table = TextTable([.left, .right, .left, .right])
    for (label, old, new) in outcome.answers {
      table.add(["  " + visible(label), "\(old)", "→", "\(new) frames"])
    }
    for line in table.lines { output.line(line) }
  }

  private func reason(_ outcome: Outcome) -> String {
    guard outcome.choice.method == .none else { return outcome.choice.reason }
    return "in each label they count as much as its captures; of the others nothing is used: "
      + outcome.choice.reason
  }

  func write(_ outcome: Outcome) {
    let choice = outcome.choice
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("head", output ?? set.head)
    writer.member("adapted", !outcome.isKept && !isDryRun)
    writer.member("way", choice.method.rawValue)
    writer.member("frames", outcome.frames)
    writer.member("shots", outcome.shots)
    writer.member("labelled", outcome.labelled)
    choice.write(to: &writer)
    writer.key("answers")
    writer.beginArray()
    for (label, old, new) in outcome.answers {
      writer.beginObject()
      writer.member("label", label)
      writer.member("before", old)
      writer.member("after", new)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    Output().line(writer.text)
  }
}

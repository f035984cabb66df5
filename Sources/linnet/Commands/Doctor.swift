internal import ArgumentParser
internal import LinnetHead
internal import LinnetImage
internal import LinnetInsight
internal import LinnetPipeline
internal import LinnetSafetensors
internal import LinnetStore

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find what is wrong with the captures, and say what to do.",
    discussion: """
      Looks for captures that are hardly different, that have the wrong label by the look of them, that are dark, \
      blurred or blank; for classes that are taken for each other, that have few captures or captures of one view \
      only, and for small classes that suffer beside large ones. Nothing is changed.

      To judge labels and classes, heads are learned from the captures with some held out, and asked about those.

      EXAMPLES
        linnet doctor
        linnet doctor --head door
        linnet doctor pictures --json

      JSON: captures, classes (label, captures, recall: the share answered rightly when held out, or null), \
      balanced_accuracy, findings (kind, captures, classes, note, advice). Kinds: unreadable, conflict, \
      mislabelled, dark, blurred, blank, duplicate, confused, few, uniform, imbalance.

      EXIT STATUS
        0   all is well
        2   there is something to do
      """)

  @OptionGroup var captures: CaptureOptions
  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var place: StoreOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let store = try place.open()
    let list = try captures.list(store)
    let embedder = try backbone.openEmbedder(of: captures.set, in: store)
    let (embedded, rows, unreadable) = try list.embedded(by: embedder, progress: "embedding")
    let signs = try signs(of: rows.map { list.paths[$0] })
    let bar = ProgressBar("holding out", total: 100)
    let heldOut =
      embedded.classes.count > 1
      ? try reporting {
        try HeldOutAnswers(of: embedded, method: Teacher.usualMethod, threads: backbone.threadCount) {
          bar.update(100 * $0 / $1)
        }
      } : nil
    bar.clear()
    let checkup = Checkup(of: embedded, signs: signs, heldOut: heldOut)
    let broken = unreadable.map { each in
      Told(
        kind: .unreadable, captures: [list.names[each.row]], classes: [list.classes[list.classOf[each.row]]],
        note: Self.reason(each.reason), advice: "remove such files, or put others in their place")
    }
    let findings =
      broken
      + checkup.findings.map { finding in
        Told(
          kind: finding.kind, captures: finding.captures.map { embedded.names[$0] },
          classes: finding.classes.map { embedded.classes[$0] }, note: finding.note, advice: finding.advice)
      }
    if json.isOn {
      Output().line(line(checkup, embedded, findings))
    } else {
      report(checkup, embedded, findings)
    }
    if !findings.isEmpty { throw Failure(.unknown) }
  }

  /// A finding with names for places.
  private struct Told {
    var kind: Finding.Kind
    var captures: [String]
    var classes: [String]
    var note: String
    var advice: String
  }

  /// Why a picture cannot be read, without its name.
  private static func reason(_ error: PipelineError) -> String {
    if case .picture(_, let error) = error { error.description } else { error.description }
  }

  private func signs(of paths: [String]) throws -> [PictureSigns] {
    var result: [PictureSigns] = []
    var failure: PipelineError?
    let bar = ProgressBar("looking", total: paths.count)
    inParallel(
      count: paths.count, threads: backbone.threadCount, state: {},
      work: { _, index -> Result<PictureSigns, PipelineError> in
        do throws(PipelineError) {
          let bytes = try PictureSource.file(paths[index]).read()
          do throws(PictureError) {
            return .success(try PictureSigns(of: bytes))
          } catch {
            return .failure(.picture(name: paths[index], error))
          }
        } catch {
          return .failure(error)
        }
      },
      deliver: { index, signs in
        switch signs {
        case .success(let signs): result.append(signs)
        case .failure(let error): failure = failure ?? error
        }
        bar.update(index + 1)
      })
    bar.clear()
    if let failure { throw Failure(failure) }
    return result
  }

  /// The findings kind by kind, each advice once behind the last that it is for.
  private func report(_ checkup: Checkup, _ captures: LabelledCaptures, _ findings: [Told]) {
    let output = Output()
    for (place, finding) in findings.enumerated() {
      if place == 0 || finding.kind != findings[place - 1].kind {
        let count = findings.count { $0.kind == finding.kind }
        output.line(output.bold(Self.heading(finding.kind)) + (count > 1 ? " (\(count))" : ""))
      }
      let shown = finding.captures.prefix(6).map { visible($0) }.joined(separator: ", ")
      let more = finding.captures.count > 6 ? " and \(finding.captures.count - 6) more" : ""
      let lead = shown.isEmpty ? "" : shown + more + ": "
      output.line("  " + lead + output.yellow(visible(finding.note)))
      let next = place + 1 < findings.count ? findings[place + 1] : nil
      if next?.kind != finding.kind || next?.advice != finding.advice {
        output.line("  → " + output.dim(finding.advice))
      }
      if next?.kind != finding.kind { output.line() }
    }
    let size =
      "\(counted(captures.count, "capture", "captures")) of \(counted(captures.classes.count, "class", "classes"))"
    let answered =
      checkup.balancedAccuracy.map { ", \(percent(Float($0))) answered rightly when held out" } ?? ""
    let state = findings.isEmpty ? output.green("nothing to do") : "\(findings.count) to look at"
    output.line("\(state): \(size)\(answered)")
  }

  private static func heading(_ kind: Finding.Kind) -> String {
    switch kind {
    case .unreadable: "Not readable"
    case .conflict: "The same picture under two labels"
    case .mislabelled: "Likely the wrong label"
    case .dark: "Too dark"
    case .blurred: "Blurred"
    case .blank: "Blank"
    case .duplicate: "Hardly different"
    case .confused: "Hard to tell apart"
    case .few: "Too few"
    case .uniform: "Too uniform"
    case .imbalance: "Out of balance"
    }
  }

  private func line(_ checkup: Checkup, _ captures: LabelledCaptures, _ findings: [Told]) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("captures", captures.count)
    writer.key("classes")
    writer.beginArray()
    let counts = captures.counts
    for (place, name) in captures.classes.enumerated() {
      writer.beginObject()
      writer.member("label", name)
      writer.member("captures", counts[place])
      writer.member("recall", checkup.recall[place])
      writer.endObject()
    }
    writer.endArray()
    writer.member("balanced_accuracy", checkup.balancedAccuracy)
    writer.key("findings")
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.member("kind", finding.kind.rawValue)
      writer.member("captures", finding.captures)
      writer.member("classes", finding.classes)
      writer.member("note", finding.note)
      writer.member("advice", finding.advice)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ key: String, _ values: [String]) {
    self.key(key)
    beginArray()
    for value in values { self.value(value) }
    endArray()
  }
}

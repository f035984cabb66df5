internal import LinnetHead
internal import LinnetSafetensors

/// What `linnet inspect` and `linnet heads show` say of a head.
struct HeadReport {
  let name: String
  let head: Head

  init(name: String, head: Head) {
    self.name = name
    self.head = head
  }

  init(path: String) throws { self.init(name: path, head: try HeadPlace.read(path)) }

  func print(json: Bool) {
    let output = Output()
    if json {
      var writer = JSONWriter()
      write(to: &writer)
      output.line(writer.text)
      return
    }
    var table = TextTable([.left, .left])
    var facts = [
      ("head", name), ("method", head.kind.rawValue),
      ("backbone", "\(head.backbone.name) \(head.backbone.digest)"), ("dimension", "\(head.dimension)"),
      ("temperature", "\(head.temperature)"),
      ("unknown below", head.unknownThreshold.map { "\($0)" } ?? "never unknown"),
    ]
    if !head.backbone.views.isEmpty { facts.append(("views", head.backbone.views)) }
    if let count = head.baseClassCount { facts.append(("beside", "\(count) classes that were there before")) }
    let reads = head.treatment.blocks.map { block in
      "\(block.power == .squareRoot ? "roots of " : "")\(block.range.lowerBound)…\(block.range.upperBound - 1)"
    }
    let less = head.treatment.centre == nil ? "" : "; less a mean"
    let over = head.treatment.deviation == nil ? "" : ", in units of a deviation"
    facts.append(("reads", reads.joined(separator: ", ") + less + over))
    if let strength = head.recipe?.regularisation { facts.append(("regularisation", "\(strength)")) }
    if let source = head.source { facts.append(("source", source)) }
    if let license = head.license { facts.append(("license", license)) }
    facts.append(("classes", "\(head.classes.count)"))
    for (fact, value) in facts { table.add([output.bold(fact), visible(value)]) }
    for line in table.lines { output.line(line) }
    printChoice(output)
    var classes = TextTable([.right, .left, .right, .right])
    for (index, label) in head.classes.enumerated() {
      let shots = head.counts.map { ["\($0[index]) shots"] } ?? []
      let own = head.thresholdOffsets == nil ? nil : head.threshold(of: index)
      classes.add(
        ["\(index)", visible(label)] + shots + (own.map { ["unknown below \(decimal(Double($0), 3))"] } ?? [])
      )
    }
    for line in classes.lines { output.line("  " + line) }
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("head", name)
    writer.member("method", head.kind.rawValue)
    writer.key("backbone")
    writer.beginObject()
    writer.member("name", head.backbone.name)
    writer.member("digest", head.backbone.digest)
    writer.endObject()
    writer.member("views", head.backbone.views)
    writer.member("dimension", head.dimension)
    writer.member("base_classes", head.baseClassCount)
    writer.member("temperature", head.temperature)
    writer.member("threshold", head.unknownThreshold.map(Double.init))
    writer.member("source", head.source)
    writer.member("license", head.license)
    writer.key("classes")
    writer.beginArray()
    for (index, label) in head.classes.enumerated() {
      writer.beginObject()
      writer.member("label", label)
      writer.member("captures", head.counts?[index])
      if head.thresholdOffsets != nil {
        writer.member("threshold", head.threshold(of: index).map(Double.init))
      }
      writer.endObject()
    }
    writer.endArray()
    writeChoice(to: &writer)
    writer.endObject()
  }
}

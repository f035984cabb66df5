internal import LinnetCapture
internal import LinnetSafetensors

/// What `linnet cameras` prints.
enum CameraReport {
  /// A paragraph a camera.
  static func lines(_ cameras: [CameraDescription], controls: Bool, _ output: Output) -> [String] {
    var lines: [String] = []
    for camera in cameras {
      if !lines.isEmpty { lines.append("") }
      lines.append("\(output.bold(camera.path))  \(visible(camera.card))")
      lines += camera.links.map { "  \(visible($0))" }
      if let problem = camera.problem {
        lines.append("  \(output.yellow(visible(problem.description)))")
        continue
      }
      lines.append("  driver \(visible(camera.driver)), at \(visible(camera.bus))")
      for user in camera.users {
        lines.append("  \(output.yellow("in use by \(visible(user.description))"))")
      }
      lines += formatLines(camera.formats, output)
      if controls { lines += controlLines(camera.controls) }
    }
    return lines
  }

  /// Formats of the same sizes together, then the sizes, each with its highest rate.
  private static func formatLines(_ formats: [CameraDescription.Format], _ output: Output) -> [String] {
    var groups: [(codes: [String], use: CameraDescription.Format.Use, sizes: [CameraDescription.Size])] = []
    for format in formats {
      let code = visible(format.code.description)
      if let place = groups.firstIndex(where: { $0.use == format.use && $0.sizes == format.sizes }) {
        groups[place].codes.append(code)
      } else {
        groups.append(([code], format.use, format.sizes))
      }
    }
    return groups.flatMap { group -> [String] in
      let codes = group.codes.joined(separator: ", ")
      let use =
        switch group.use {
        case .native: ""
        case .converted: output.dim(" (converted)")
        case .none: output.dim(" (cannot be used)")
        }
      guard group.use != .none, !group.sizes.isEmpty else { return ["  \(codes)\(use)"] }
      return ["  \(codes)\(use)", "    \(group.sizes.map(text).joined(separator: ", "))"]
    }
  }

  private static func controlLines(_ controls: [CameraDescription.Control]) -> [String] {
    var table = TextTable([.left, .left, .left])
    for control in controls where control.kind != .button && control.kind != .other {
      func name(_ value: Int64) -> String {
        if control.kind == .flag { return value == 0 ? "off" : "on" }
        return control.entries[value] ?? "\(value)"
      }
      let choice =
        switch control.kind {
        case .menu: control.entries.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", ")
        case .flag: "off, on"
        default: "\(control.range.lowerBound)…\(control.range.upperBound)"
        }
      table.add([
        "  \(visible(control.name))", visible(control.value.map(name) ?? "–"),
        visible("(\(choice); usually \(name(control.usual)))"),
      ])
    }
    return table.lines
  }

  private static func text(_ size: CameraDescription.Size) -> String {
    let largest = "\(size.width.upperBound) × \(size.height.upperBound)"
    let isOne =
      size.width.lowerBound == size.width.upperBound && size.height.lowerBound == size.height.upperBound
    let sizes = isOne ? largest : "\(size.width.lowerBound) × \(size.height.lowerBound) to \(largest)"
    guard let rate = size.rates.first?.upperBound else { return sizes }
    return "\(sizes) at \(decimal(rate, rate == rate.rounded() ? 0 : 1))"
  }
}

extension CameraReport {
  static func json(_ cameras: [CameraDescription]) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.array("cameras", cameras) { writer, camera in
      writer.member("path", camera.path)
      writer.key("links")
      writer.beginArray()
      for link in camera.links { writer.value(link) }
      writer.endArray()
      writer.member("name", camera.card)
      writer.member("driver", camera.driver)
      writer.member("bus", camera.bus)
      writer.member("serial", camera.serial)
      writer.array("formats", camera.formats, Self.write)
      writer.array("controls", camera.controls, Self.write)
      writer.array("users", camera.users) { writer, user in
        writer.member("process", user.process)
        writer.member("program", user.program)
      }
      writer.member("problem", camera.problem?.description)
    }
    writer.endObject()
    return writer.text
  }

  private static func write(_ writer: inout JSONWriter, _ format: CameraDescription.Format) {
    writer.member("code", format.code.description)
    writer.member("description", format.description)
    writer.member("use", format.use.rawValue)
    writer.array("sizes", format.sizes) { writer, size in
      writer.member("width", size.width.upperBound)
      writer.member("height", size.height.upperBound)
      if size.width.lowerBound != size.width.upperBound || size.height.lowerBound != size.height.upperBound {
        writer.member("least_width", size.width.lowerBound)
        writer.member("least_height", size.height.lowerBound)
      }
      writer.key("rates")
      writer.beginArray()
      for rate in size.rates { writer.value(rate.upperBound) }
      writer.endArray()
    }
  }

  private static func write(_ writer: inout JSONWriter, _ control: CameraDescription.Control) {
    writer.member("name", control.name)
    writer.member("kind", control.kind.rawValue)
    writer.member("minimum", Int(control.range.lowerBound))
    writer.member("maximum", Int(control.range.upperBound))
    writer.member("usual", Int(control.usual))
    writer.member("value", control.value.map { Int($0) })
    if control.kind == .menu {
      writer.array("entries", control.entries.sorted { $0.key < $1.key }) { writer, entry in
        writer.member("value", Int(entry.key))
        writer.member("name", entry.value)
      }
    }
  }
}

extension JSONWriter {
  /// A member that is an array of objects, each with the members that `write` adds.
  fileprivate mutating func array<Element>(
    _ key: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    self.key(key)
    beginArray()
    for element in elements {
      beginObject()
      write(&self, element)
      endObject()
    }
    endArray()
  }
}

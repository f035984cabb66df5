internal import LinnetSafetensors

/// The form in head files (`FORMAT.md`).
extension Choice {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("chosen")
    writer.value(chosen)
    writer.key("reason")
    writer.value(reason.rawValue)
    writer.key("groups")
    writer.value(isByGroup)
    writer.key("candidates")
    writer.beginArray()
    for candidate in candidates {
      writer.beginObject()
      writer.key("name")
      writer.value(candidate.name)
      writer.key("method")
      writer.value(candidate.method.rawValue)
      for (key, number) in [
        ("regularisation", candidate.regularisation), ("accuracy", candidate.accuracy),
        ("likelihood", candidate.likelihood),
      ] {
        guard let number else { continue }
        writer.key(key)
        writer.value(number)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  /// `nil` when the value is not of that form.
  init?(_ value: JSONValue) {
    guard let listed = value["candidates"]?.array, 1...100 ~= listed.count,
      let chosen = value["chosen"]?.integer, listed.indices.contains(chosen),
      let reason = value["reason"]?.string.flatMap({ Reason(rawValue: $0) }),
      let isByGroup = value["groups"]?.boolean
    else { return nil }
    candidates = []
    for candidate in listed {
      guard let name = candidate["name"]?.string,
        let method = candidate["method"]?.string.flatMap({ HeadMethod(rawValue: $0) })
      else { return nil }
      candidates.append(
        Candidate(
          name: name, method: method, regularisation: candidate["regularisation"]?.float,
          accuracy: candidate["accuracy"]?.float, likelihood: candidate["likelihood"]?.float))
    }
    self.chosen = chosen
    self.reason = reason
    self.isByGroup = isByGroup
  }
}

internal import LinnetSafetensors

/// The form in head files (`FORMAT.md`): what is not usual, each under its name.
extension UnknownRecipe {
  func write(to writer: inout JSONWriter) {
    let usual = UnknownRecipe()
    writer.beginObject()
    if isNever {
      writer.key("never")
      writer.value(true)
    }
    if let falseAcceptRate {
      writer.key("false_accepts")
      writer.value(falseAcceptRate)
    }
    if refusedShare != usual.refusedShare {
      writer.key("refused")
      writer.value(refusedShare)
    }
    if greatestRefusedShare != usual.greatestRefusedShare {
      writer.key("greatest_refused")
      writer.value(greatestRefusedShare)
    }
    writer.endObject()
  }

  /// `nil` when the value is not of that form; keys that are not known are left alone.
  init?(_ value: JSONValue) {
    guard value.object != nil else { return nil }
    if let never = value["never"] {
      guard let never = never.boolean else { return nil }
      isNever = never
    }
    func share(_ key: String, _ usual: Float?) -> Float?? {
      guard let value = value[key] else { return .some(usual) }
      guard let share = value.float, 0...1 ~= share else { return nil }
      return .some(share)
    }
    guard let rate = share("false_accepts", nil), let refused = share("refused", refusedShare),
      let greatest = share("greatest_refused", greatestRefusedShare)
    else { return nil }
    falseAcceptRate = rate
    refusedShare = refused ?? refusedShare
    greatestRefusedShare = greatest ?? greatestRefusedShare
  }
}

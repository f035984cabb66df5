public import ArgumentParser
public import LinnetHead
internal import LinnetSafetensors
internal import LinnetStore

/// `--head` where it names a set of the store.
struct SetOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The set of labels, and the head learned from it.", valueName: "name"))
  var head = Store.defaultSet
}

/// `--method`.
struct MethodOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the head is learned: logistic, or prototype; as before by default, logistic at first.",
      valueName: "method"))
  var method: HeadMethod?
}

extension HeadMethod: ExpressibleByArgument {}

extension JSONWriter {
  /// An array of labels with the number of their captures.
  mutating func labels(_ counts: [(label: String, captures: Int)]) {
    beginArray()
    for each in counts {
      beginObject()
      member("label", each.label)
      member("captures", each.captures)
      endObject()
    }
    endArray()
  }
}

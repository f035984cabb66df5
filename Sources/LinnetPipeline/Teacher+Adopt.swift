public import LinnetHead
internal import LinnetStore

extension Teacher {
  /// Puts a head that was learned elsewhere in place of the set's, as one change that can be undone.
  public func adopt(_ head: Head, in set: String, summary: String) throws(PipelineError) {
    var change = try begin()
    try put(head, set, in: &change)
    try commit(change, .train, summary)
  }
}

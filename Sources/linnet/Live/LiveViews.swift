internal import LinnetHead

/// Says where live frames are seen in another way than heads were taught: a frame is looked at once, as it is.
func complainOfViews(_ heads: [Head]) {
  let taught = Set(heads.map(\.backbone.views)).subtracting([""]).sorted()
  guard let views = taught.first else { return }
  complain(
    "the head was taught with views of its pictures (\(views)), and a live frame is looked at as it is: it may know it less "
      + "well")
}

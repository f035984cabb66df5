internal import CLinux

/// The time now in UTC, as names of captures carry it: `20261121T115120Z`.
func timestamp() -> String {
  var seconds = time(nil)
  var parts = unsafe tm()
  unsafe gmtime_r(&seconds, &parts)
  func padded(_ value: Int32, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
  let date = unsafe padded(parts.tm_year + 1900, 4) + padded(parts.tm_mon + 1, 2) + padded(parts.tm_mday, 2)
  let time = unsafe padded(parts.tm_hour, 2) + padded(parts.tm_min, 2) + padded(parts.tm_sec, 2)
  return date + "T" + time + "Z"
}

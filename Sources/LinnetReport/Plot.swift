/// A plot with two axes, drawn as SVG in the colours of the page that it stands in.
public struct Plot: Sendable {
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// Bounds at one place of the horizontal axis.
  public struct Interval: Hashable, Sendable {
    public var x: Double
    public var low: Double
    public var high: Double

    public init(_ x: Double, _ low: Double, _ high: Double) {
      self.x = x
      self.low = low
      self.high = high
    }
  }

  /// A point that says something of itself.
  public struct Dot: Hashable, Sendable {
    public var x: Double
    public var y: Double
    /// Shown when it is pointed at.
    public var label: String
    /// In units of the drawing, of which a small letter has about 6.
    public var radius: Double
    /// Drawn instead of the mark, in a frame of the series' colour.
    public var picture: DataURI?
    /// A link that the dot leads to, such as the picture's file.
    public var link: String?
    /// Ringed: worth a look.
    public var isMarked: Bool

    public init(
      _ x: Double, _ y: Double, label: String, radius: Double = 3.5, picture: DataURI? = nil,
      link: String? = nil, isMarked: Bool = false
    ) {
      self.x = x
      self.y = y
      self.label = label
      self.radius = radius
      self.picture = picture
      self.link = link
      self.isMarked = isMarked
    }
  }

  /// A bar from one place of the horizontal axis to another.
  public struct Column: Hashable, Sendable {
    public var from: Double
    public var to: Double
    public var height: Double
    public var label: String

    public init(from: Double, to: Double, height: Double, label: String) {
      self.from = from
      self.to = to
      self.height = height
      self.label = label
    }
  }

  /// What is drawn, in the order given, the later over the earlier.
  public enum Mark: Sendable {
    /// Straight lines through the points; with dots where `hasDots`.
    case line([Point], Series, hasDots: Bool = false)
    /// The region between bounds.
    case band([Interval], Series)
    /// A dot each.
    case dots([Dot], Series)
    /// Columns that stand on the lower end of the vertical axis.
    case columns([Column], Series)
    /// A line across at a place of the horizontal axis.
    case upright(Double, label: String)
    /// A thin line between two points, for orientation.
    case guide(Point, Point)
  }

  /// What it shows, for those who cannot see it.
  public var title: String
  public var x: Axis
  public var y: Axis
  public var marks: [Mark]
  /// In units of the drawing, which is shown at about one CSS pixel each.
  public var width: Double
  public var height: Double
  /// Whether series are named above the plot; one series alone never is.
  public var hasLegend: Bool

  public init(
    _ title: String, x: Axis, y: Axis, marks: [Mark], width: Double = 340, height: Double = 240,
    hasLegend: Bool = true
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.marks = marks
    self.width = width
    self.height = height
    self.hasLegend = hasLegend
  }
}

internal import LinnetHead
public import LinnetReport

extension Projection {
  /// A page with the map: a mark a capture in its class's colour, its picture when it is pointed at or tapped, classes to be
  /// switched off, pictures in place of marks on request. It needs nothing beside itself, and no script.
  ///
  /// - Parameter thumbnails: a small picture a capture, `nil` where there is none.
  public func page(of captures: LabelledCaptures, thumbnails: [DataURI?], title: String) -> String {
    var page = Page(title: title, subtitle: "\(captures.backbone.name), \(method)")
    var facts = [
      Fact("captures", "\(captures.count)"), Fact("classes", "\(captures.classes.count)"),
    ]
    if let shares {
      facts.append(
        Fact(
          "of what differs is seen here", "\(Int((100 * (shares.x + shares.y)).rounded())) %",
          note: "the rest lies in directions that a plane has not"))
    }
    page.add(facts)
    page.add([
      Figure(
        "What looks alike to the backbone lies together",
        caption:
          "Point at a mark, or tap it, to see the picture. A mark amid another class's is worth a look: "
          + "a wrong label, or a picture from another world.",
        isWide: true, map(captures, thumbnails))
    ])
    return page.html
  }

  private func map(_ captures: LabelledCaptures, _ thumbnails: [DataURI?]) -> Markup {
    let counts = captures.counts
    var legend: [Markup] = []
    var switches: [Markup] = [
      .element("input", ["type": "checkbox", "id": "thumbnails"])
    ]
    for (place, name) in captures.classes.enumerated() {
      switches.append(.element("input", ["type": "checkbox", "id": "k\(place)", "checked": ""]))
      legend.append(
        .element(
          "label", ["for": "k\(place)", "class": "chip k\(place)"],
          .element("span", ["class": Self.look(place)]), .element("bdi", [:], Markup(name)),
          .element("small", [:], Markup("\(counts[place])"))))
    }
    legend.append(
      .element("label", ["for": "thumbnails", "class": "chip all"], Markup("pictures instead of marks")))
    let places = Self.places(points)
    let dots = captures.names.indices.map { index -> Markup in
      let label = captures.classOf[index]
      let (x, y) = places[index]
      var card: [Markup] = []
      if let thumbnail = thumbnails[index] {
        card.append(
          .element("img", ["src": thumbnail.text, "alt": captures.names[index], "loading": "lazy"]))
      }
      card.append(
        .element(
          "span", ["class": "words"],
          .element("b", [:], .element("bdi", [:], Markup(captures.classes[label]))),
          .element("bdi", [:], Markup(captures.names[index]))))
      let side = (x > 60 ? " west" : "") + (y > 60 ? " north" : "")
      return .element(
        "div",
        [
          "class": "dot k\(label)\(side) \(Self.look(label))", "tabindex": "0",
          "style": "left:\(Self.percent(x));top:\(Self.percent(y))",
        ],
        .element("span", ["class": "mark"]), .element("span", ["class": "card"], card))
    }
    return .element(
      "div", ["class": "map"],
      [.element("style", [:], Markup(Self.style(captures.classes.count)))] + switches
        + [.element("div", ["class": "legend"], legend), .element("div", ["class": "field"], dots)])
  }

  /// The colour that the page's style has for the class, and beyond the tenth another shape.
  private static func look(_ place: Int) -> String { "s\(place % 10) shape\(place / 10 % 3)" }

  /// Width over height of the field.
  private static let proportion: Float = 1.5

  /// Places in per cent of the field from its left and upper border; both axes have one unit.
  private static func places(_ points: [SIMD2<Float>]) -> [(x: Float, y: Float)] {
    var (low, high) = (points.first ?? .zero, points.first ?? .zero)
    for point in points { (low, high) = (pointwiseMin(low, point), pointwiseMax(high, point)) }
    let middle = (low + high) / 2
    let extent = high - low
    let unit = max(extent.x / proportion, extent.y, .leastNormalMagnitude) / 92
    return points.map { point in
      let moved = (point - middle) / unit
      return (50 + moved.x / proportion, 50 - moved.y)
    }
  }

  private static func percent(_ value: Float) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)%"
  }

  /// On one line and without the signs that HTML would have escaped.
  private static func style(_ classes: Int) -> String {
    let hidden = (0..<classes).map { place in
      ".map:has(#k\(place):not(:checked)) .dot.k\(place){display:none}"
        + ".map:has(#k\(place):not(:checked)) .chip.k\(place){opacity:.4;text-decoration:line-through}"
    }
    let rules = """
      .map input{position:absolute;opacity:0;pointer-events:none}
      .legend{display:flex;flex-wrap:wrap;gap:6px 8px;margin:4px 0 12px}
      .chip{display:inline-flex;align-items:center;gap:6px;padding:3px 10px;border:1px solid var(--faint);\
      border-radius:99px;background:var(--card);cursor:pointer;font-size:13px;user-select:none}
      .chip:hover{border-color:var(--rule)}
      .chip small{color:var(--soft)}
      .chip span{width:10px;height:10px;background:var(--c);border-radius:50%}
      .map:has(#thumbnails:checked) .chip.all{background:var(--faint)}
      .map .shape1,.map .shape1 .mark{border-radius:2px}
      .map .shape2,.map .shape2 .mark{border-radius:0 60% 0 60%}
      .field{position:relative;aspect-ratio:3/2;min-width:560px;background:var(--card);\
      border:1px solid var(--faint);border-radius:8px}
      .dot{position:absolute;width:24px;height:24px;margin:-12px 0 0 -12px;outline:none}
      .mark{position:absolute;left:7px;top:7px;width:10px;height:10px;background:var(--c);border-radius:50%;\
      opacity:.85;box-shadow:0 0 0 1px var(--card)}
      .card{position:absolute;display:none;left:20px;top:20px;width:148px;padding:8px;background:var(--card);\
      border:1px solid var(--rule);border-radius:6px;box-shadow:0 6px 24px rgb(0 0 0/.22);pointer-events:none}
      .west .card{left:auto;right:20px}
      .north .card{top:auto;bottom:20px}
      .card img{display:block;width:100%;aspect-ratio:1;object-fit:cover;border-radius:3px}
      .words{display:block;font-size:12px;line-height:1.3;margin-top:6px;color:var(--soft)}
      .words b{display:block;color:var(--ink);font-size:13px}
      .dot:hover,.dot:focus{z-index:9}
      .dot:hover .card,.dot:focus .card{display:block}
      .dot:hover .mark,.dot:focus .mark{opacity:1;box-shadow:0 0 0 2px var(--ink)}
      .map:has(#thumbnails:checked) .dot:not(:hover):not(:focus) .card{display:block;left:-6px;top:-6px;\
      right:auto;bottom:auto;width:36px;padding:2px;background:var(--c);border:0;box-shadow:none}
      .map:has(#thumbnails:checked) .dot:not(:hover):not(:focus) .words{display:none}
      """
    return (rules.split(separator: "\n").map(String.init) + hidden).joined(separator: " ")
  }
}

/// Shares over time as a line with a dot each, joined where no place between lacks a share.
enum ShareLine {
  /// - Parameters:
  ///   - shares: in basis points, by place; nil where there is nothing to have a share of.
  ///   - scale: from a share to a height.
  ///   - x: the middle of a place.
  ///   - lastRadius: of the dot at the last place, where that is what the page is about.
  /// - Returns: the path and its dots.
  static func drawing(
    _ shares: [Int64?], on scale: AxisScale, x: (Int) -> Double, lastRadius: Double = radius
  ) -> HTML {
    var path: HTML = ""
    var dots: HTML = ""
    var isDrawing = false
    for (index, share) in shares.enumerated() {
      guard let share else {
        isDrawing = false
        continue
      }
      let (x, y) = (x(index), scale.position(Int128(share)))
      path += "\(isDrawing ? "L" : "M" as HTML)\(x) \(y)"
      isDrawing = true
      let radius = index == shares.count - 1 ? lastRadius : radius
      dots += "<circle class=\"dot\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\"/>\n"
    }
    return "<path class=\"line\" d=\"\(path)\"/>\n\(dots)"
  }

  private static let radius = 2.5
}

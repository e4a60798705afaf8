/// The background anchors with the largest losses, `ratio` of them for each anchor with an object.
///
/// None where no anchor has an object, as in SSD.
///
/// - Parameter losses: one an anchor.
/// - Returns: their numbers, from the largest loss down; the first of equals.
/// - Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016), with ratio 3.
public func hardNegatives(losses: [Float], matches: [AnchorMatch], ratio: Int) -> [Int] {
    precondition(
        losses.count == matches.count && ratio >= 0,
        "hardNegatives got \(losses.count) losses, \(matches.count) matches and a ratio of \(ratio)")
    let background = matches.indices.filter { matches[$0] == .background }
    let objects = matches.count { $0.object != nil }
    return background.map { losses[$0] }.descendingOrder().prefix(ratio * objects).map { background[$0] }
}

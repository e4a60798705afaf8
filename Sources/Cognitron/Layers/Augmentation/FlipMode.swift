/// Which sides of an image `RandomFlip` exchanges.
public enum FlipMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Left and right.
    case horizontal
    /// Top and bottom.
    case vertical
    /// Both at the same time: half a turn.
    case horizontalAndVertical
}

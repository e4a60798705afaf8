/// What an anchor is to learn.
public enum AnchorMatch: Equatable, Sendable {
    /// The true box of this number.
    case object(Int)
    /// That it holds no object.
    case background
    /// Nothing, for it overlaps an object too much for background and too little for the object.
    case ignored
}

extension AnchorMatch {
    /// The number of the true box; nil of background and ignored anchors.
    public var object: Int? { if case .object(let number) = self { number } else { nil } }
}

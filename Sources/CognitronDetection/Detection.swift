import Cognitron

/// An object that a network found in a picture.
public struct Detection: Sendable {
    /// In pixels of the picture that the network was given.
    public var box: Box

    /// The number of the class.
    public var label: Int

    /// From 0 to 1.
    public var score: Float

    /// (H, W) of the picture: 1 for the object's pixels and 0 for others; nil of networks that find boxes
    /// only.
    public var mask: Tensor?

    public init(box: Box, label: Int, score: Float, mask: Tensor? = nil) {
        (self.box, self.label, self.score, self.mask) = (box, label, score, mask)
    }
}

/// A layer that takes whole numbers below a limit only: tokens, classes.
///
/// What a model reads is checked before a batch is run, and an error names the sample and the number.
public protocol TokenLayer: Layer {
    /// The numbers allowed are 0 to `tokenCount − 1`.
    var tokenCount: Int { get }
}

extension TokenLayer {
    var allowedTokens: String { "a whole number from 0 to \(tokenCount - 1)" }
}

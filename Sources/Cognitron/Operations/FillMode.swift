import CognitronKernels

/// What fills the edges of a moved image. Keras: `fill_mode`.
public enum FillMode: String, CaseIterable, Codable, Sendable {
    /// One value: `k k k | a b c | k k k`, zeros (black) unless another is given.
    case constant
    /// Reflects the image at its edge: `c b a | a b c | c b a`.
    case reflect
    /// Repeats the pixels at the edge: `a a a | a b c | c c c`.
    case nearest
    /// Repeats the image: `a b c | a b c | a b c`.
    case wrap

    package func edge(_ fillValue: Float = 0) -> ImageEdge {
        switch self {
        case .constant: .constant(fillValue)
        case .reflect: .reflect
        case .nearest: .nearest
        case .wrap: .wrap
        }
    }
}

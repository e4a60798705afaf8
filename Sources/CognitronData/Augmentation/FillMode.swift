/// What is seen beyond the edges of a picture that moves. Keras: `fill_mode`.
public enum FillMode: CaseIterable, Sendable {
    /// Black.
    case constant
    /// The picture in a mirror that stands at the edge: `c b a | a b c d | d c b`.
    case reflect

    /// Which of `count` places in a row is seen at `place`, at most `count` beyond them; nil where it is black.
    @inline(__always)
    func source(of place: Int, count: Int) -> Int? {
        if place >= 0 && place < count { return place }
        switch self {
        case .constant: return nil
        case .reflect: return place < 0 ? -1 - place : 2 * count - 1 - place
        }
    }
}

/// The fill of a shifted image's edges. Keras: `fill_mode`.
public enum FillMode: String, CaseIterable, Codable, Sendable {
    /// Zeros (black).
    case constant
    /// Reflects the image at its edge: `c b a | a b c d | d c b`.
    case reflect

    /// The index, of `count` in a row, shown at `place`, which is at most `count` beyond them; nil where it
    /// is black.
    @inline(__always)
    func source(of place: Int, count: Int) -> Int? {
        if place >= 0 && place < count { return place }
        switch self {
        case .constant: return nil
        case .reflect: return place < 0 ? -1 - place : 2 * count - 1 - place
        }
    }
}

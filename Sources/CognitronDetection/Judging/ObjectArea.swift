/// The sizes of objects that COCO's evaluation tells apart, in pixels of the picture.
public enum ObjectArea: Int, CaseIterable, Sendable {
    case all
    /// Up to 32².
    case small
    /// From 32² to 96².
    case medium
    /// From 96² on.
    case large

    private static let (smallest, largest) = (32.0 * 32, 96.0 * 96)

    /// Whether an object of so many pixels is of this size; one between two sizes is of both.
    func contains(_ area: Double) -> Bool {
        switch self {
        case .all: true
        case .small: area <= Self.smallest
        case .medium: area >= Self.smallest && area <= Self.largest
        case .large: area >= Self.largest
        }
    }
}

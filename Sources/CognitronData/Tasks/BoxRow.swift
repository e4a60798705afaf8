import Cognitron

/// One box as a row of five numbers of a target `(N, M, 5)`: left, top, right, bottom in pixels of the
/// picture, and the number of the class.
///
/// `right` and `bottom` are the first column and row past the box. Rows without a box have class −1. Objects
/// that do not count when detections are judged have negative numbers as well, so that nobody learns them:
/// −2 − 2 · class where they are `ignored`, −3 − 2 · class where they are a `crowd`.
public struct BoxRow: Hashable, Sendable {
    public var left: Float
    public var top: Float
    public var right: Float
    public var bottom: Float
    /// The number of the class; −1 for none.
    public var label: Int
    /// How the object counts when detections are judged.
    public var status: ObjectStatus

    /// The row without a box.
    public static let none = BoxRow(left: 0, top: 0, right: 0, bottom: 0, label: -1)

    /// The numbers of a row.
    public static let width = 5

    public init(
        left: Float, top: Float, right: Float, bottom: Float, label: Int, status: ObjectStatus = .counted
    ) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        (self.label, self.status) = (label, status)
    }

    public init(_ box: BoundingBox) {
        self.init(
            left: Float(box.x), top: Float(box.y), right: Float(box.x + box.width),
            bottom: Float(box.y + box.height), label: box.label)
    }

    /// The box of the five numbers of a row; classes that are no number are −1.
    package init(_ row: some Collection<Float>) {
        let numbers = Array(row)
        self.init(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3], label: -1)
        if numbers[4] >= 0 {
            label = Int(exactly: numbers[4].rounded()) ?? -1
        } else if let number = Int(exactly: numbers[4]), number <= -2 {
            let (label, kind) = (-2 - number).quotientAndRemainder(dividingBy: 2)
            (self.label, status) = (label, kind == 0 ? .ignored : .crowd)
        }
    }

    /// The rows (M, 5) of a picture, those without a box among them.
    package static func rows(of target: Tensor) -> [BoxRow] {
        let numbers = target.scalars
        return (0..<numbers.count / width).map { BoxRow(numbers[$0 * width..<($0 + 1) * width]) }
    }

    public var scalars: [Float] { [left, top, right, bottom, Float(classNumber)] }

    private var classNumber: Int {
        switch status {
        case .counted: label
        case .ignored: -2 - 2 * label
        case .crowd: -3 - 2 * label
        }
    }

    /// Whether the row has an object to be learnt and to be found.
    package var isCounted: Bool { label >= 0 && status == .counted }

    /// The same object with other sides.
    package func with(left: Float, top: Float, right: Float, bottom: Float) -> BoxRow {
        BoxRow(left: left, top: top, right: right, bottom: bottom, label: label, status: status)
    }
}

/// A whole number for each axis that a window slides over: the size of a kernel or a pool, its strides, its
/// dilation rate.
///
/// Wherever a layer takes one, a whole number stands for all axes (`kernelSize: 3`) and an array gives each
/// (`kernelSize: [3, 5]` is a height and a width).
public struct WindowSize: Hashable, Sendable, CustomStringConvertible {
    /// The numbers, first axis first: of three axes depth, height and width, of two height and width, of one
    /// the width.
    public let axes: [Int]

    public init(_ axes: Int...) { self.axes = axes }

    /// From numbers that are in an array.
    public init(axes: [Int]) { self.axes = axes }

    /// The number of axes.
    public var rank: Int { axes.count }
    public var width: Int { axis(fromLast: 0) }
    /// 1 for a window with one axis: it slides over a single row.
    public var height: Int { axis(fromLast: 1) }
    /// 1 for a window with fewer than three axes.
    public var depth: Int { axis(fromLast: 2) }

    private func axis(fromLast distance: Int) -> Int {
        distance < axes.count ? axes[axes.count - 1 - distance] : 1
    }

    /// "3×5"
    public var description: String { axes.map(String.init).joined(separator: "×") }
}

/// The name of a window's size where it has two axes: `Size2D(3, 5)` is 3 high and 5 wide.
public typealias Size2D = WindowSize
public typealias Size2DConvertible = WindowSizeConvertible

/// What can stand for a number on each axis: an `Int`, an array of them, or a `WindowSize`.
public protocol WindowSizeConvertible {
    /// The numbers of a window with `rank` axes. Those of an array stay as they are: a layer's `build` checks
    /// how many there are.
    func windowSize(rank: Int) -> WindowSize
}

extension WindowSize: WindowSizeConvertible {
    public func windowSize(rank: Int) -> WindowSize { self }
}

extension Int: WindowSizeConvertible {
    public func windowSize(rank: Int) -> WindowSize { WindowSize(axes: Array(repeating: self, count: rank)) }
}

extension Array: WindowSizeConvertible where Element == Int {
    public func windowSize(rank: Int) -> WindowSize { WindowSize(axes: self) }
}

/// In files, two axes are `{"height": 3, "width": 5}`, any other number of them an array.
extension WindowSize: Codable {
    private enum CodingKeys: CodingKey { case height, width }

    public init(from decoder: any Decoder) throws {
        if let axes = try? decoder.singleValueContainer().decode([Int].self) {
            self.axes = axes
        } else {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            axes = [
                try container.decode(Int.self, forKey: .height),
                try container.decode(Int.self, forKey: .width),
            ]
        }
    }

    public func encode(to encoder: any Encoder) throws {
        guard axes.count == 2 else { return try axes.encode(to: encoder) }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(height, forKey: .height)
        try container.encode(width, forKey: .width)
    }
}

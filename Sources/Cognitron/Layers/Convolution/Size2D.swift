import CognitronKernels

/// A height and a width: of a kernel, a pool, a stride.
///
/// Wherever a layer takes one, a whole number gives both (`kernelSize: 3`) and an array gives each
/// (`kernelSize: [3, 5]`).
public struct Size2D: Hashable, Sendable, Codable, Size2DConvertible, CustomStringConvertible {
    public let height: Int
    public let width: Int

    public init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }

    public var size2D: Size2D { self }
    public var description: String { "\(height)×\(width)" }
}

/// What can stand for a height and a width.
public protocol Size2DConvertible {
    var size2D: Size2D { get }
}

extension Int: Size2DConvertible {
    public var size2D: Size2D { Size2D(self, self) }
}

/// Two numbers: height, then width.
extension Array: Size2DConvertible where Element == Int {
    public var size2D: Size2D {
        require(count == 2, "a size of \(self): expected two numbers, height and width")
        return Size2D(self[0], self[1])
    }
}

extension BuildContext {
    func require(_ argument: String, _ size: Size2D) throws {
        try require(argument, size.height)
        try require(argument, size.width)
    }
}

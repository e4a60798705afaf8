import CognitronKernels

/// The sizes of a tensor's axes, outermost first: `[128, 32, 32, 3]`.
///
/// A shape is a random-access collection of `Int`; a scalar's shape is empty. Inside a model, shapes are
/// those of one sample: the batch axis is left out.
public struct Shape: Hashable, Sendable, Codable, ExpressibleByArrayLiteral, RandomAccessCollection,
    CustomStringConvertible
{
    /// The same as an array, as kernels take it.
    let sizes: [Int]

    public init(_ sizes: some Sequence<Int>) { self.sizes = Array(sizes) }
    public init(arrayLiteral sizes: Int...) { self.sizes = sizes }

    public init(from decoder: any Decoder) throws { sizes = try [Int](from: decoder) }
    public func encode(to encoder: any Encoder) throws { try sizes.encode(to: encoder) }

    public var startIndex: Int { 0 }
    public var endIndex: Int { sizes.count }
    public subscript(axis: Int) -> Int { sizes[axis] }

    /// The number of axes.
    public var rank: Int { sizes.count }

    /// The number of elements: the product of all sizes, 1 for a scalar.
    public var elementCount: Int { sizes.reduce(1, *) }

    /// The number of elements; nil where a size is negative or the product too large for an `Int`, as a
    /// hostile file can say.
    package var checkedElementCount: Int? {
        var count = 1
        for size in sizes {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// "32 × 32 × 3", or "scalar" without axes.
    public var description: String {
        sizes.isEmpty ? "scalar" : sizes.map(String.init).joined(separator: " × ")
    }

    /// This shape with `size` as its first axis: a sample's shape becomes a batch's.
    public func batched(_ size: Int) -> Shape { Shape([size] + sizes) }

    /// The shape of one element along the first axis.
    public var sample: Shape { Shape(sizes.dropFirst()) }

    public func replacingLast(with size: Int) -> Shape { Shape(sizes.dropLast() + [size]) }

    /// `axis`, or the axis counted from the end where it is negative.
    func resolve(_ axis: Int) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        require(sizes.indices.contains(resolved), "axis \(axis) of a tensor with shape \(self)")
        return resolved
    }
}

// Shapes made of others.
extension Shape {
    func removing(_ axes: [Int]) -> Shape { Shape(indices.filter { !axes.contains($0) }.map { self[$0] }) }

    func replacing(_ axis: Int, with size: Int) -> Shape {
        Shape(indices.map { $0 == axis ? size : self[$0] })
    }

    /// The shape that `shapes` combine to by NumPy's rules; nil where they do not.
    static func broadcast(_ shapes: [Shape]) -> Shape? {
        let rank = shapes.map(\.rank).max() ?? 0
        var sizes = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (axis, size) in zip(rank - shape.rank..<rank, shape) where size != 1 {
                guard sizes[axis] == 1 || sizes[axis] == size else { return nil }
                sizes[axis] = size
            }
        }
        return Shape(sizes)
    }

    /// Elements from one index to the next along each axis, row-major.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * self[axis + 1] }
        return strides
    }

    /// The strides that read an array of this shape as one of shape `target`: 0 where an axis is repeated.
    func strides(broadcastTo target: Shape) -> [Int] {
        let own = zip(self, strides).map { size, stride in size == 1 ? 0 : stride }
        return [Int](repeating: 0, count: target.rank - rank) + own
    }
}

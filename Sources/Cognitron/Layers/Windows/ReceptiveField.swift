import CognitronKernels

/// The pixels of an image (steps of a sequence, voxels of a volume) that one pixel further up in a network
/// depends on, and how far apart the fields of neighbouring pixels lie.
///
///     let field = ReceptiveField().through(kernelSize: 5, strides: 2).through(kernelSize: 3)
///     field.size          // [9, 9]
///     field.stride        // [2, 2]
///
/// Going back from one pixel, layer by layer, n neighbours depend on
///
///     n ← (n − 1) · strides + dilationRate · (kernelSize − 1) + 1
///
/// pixels before a convolution or pooling. It is where a dependence is possible: at the image's edges,
/// padding takes the place of pixels.
///
/// - Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (2019).
public struct ReceptiveField: Hashable, Sendable {
    /// The layers on the way, along each axis.
    private var steps: [[Step]]

    private struct Step: Hashable {
        /// The pixels from the first to the last that a window sees.
        let span: Int
        let stride: Int
        let isTransposed: Bool

        /// The pixels before the layer that `count` neighbours after it depend on.
        func inputs(of count: Int) -> Int {
            isTransposed ? (count + span - 2) / stride + 1 : (count - 1) * stride + span
        }
    }

    /// The field of a pixel of the input itself.
    ///
    /// - Parameter rank: the number of axes: 2 of images.
    public init(rank: Int = 2) { steps = Array(repeating: [], count: rank) }

    /// The number of axes.
    public var rank: Int { steps.count }

    /// The pixels along each axis.
    public var size: [Int] { steps.map { $0.reversed().reduce(1) { $1.inputs(of: $0) } } }

    /// The distance of the fields of neighbouring pixels along each axis; below 1 after upsampling.
    public var stride: [Double] {
        steps.map { steps in
            steps.reduce(1) { $1.isTransposed ? $0 / Double($1.stride) : $0 * Double($1.stride) }
        }
    }

    /// The field after a convolution or pooling.
    public func through(
        kernelSize: some WindowSizeConvertible, strides: some WindowSizeConvertible = 1,
        dilationRate: some WindowSizeConvertible = 1
    ) -> ReceptiveField {
        let dilation = axes(dilationRate)
        let spans = zip(axes(kernelSize), dilation).map { ($0 - 1) * $1 + 1 }
        return appending(spans, axes(strides), isTransposed: false)
    }

    /// The field after a transposed convolution.
    public func throughTransposed(
        kernelSize: some WindowSizeConvertible, strides: some WindowSizeConvertible = 1
    ) -> ReceptiveField {
        appending(axes(kernelSize), axes(strides), isTransposed: true)
    }

    private func appending(_ spans: [Int], _ strides: [Int], isTransposed: Bool) -> ReceptiveField {
        var field = self
        for axis in steps.indices {
            field.steps[axis].append(
                Step(span: spans[axis], stride: strides[axis], isTransposed: isTransposed))
        }
        return field
    }

    /// The field of a sum of two values: along each axis the larger.
    func union(_ other: ReceptiveField) -> ReceptiveField {
        var field = self
        for (axis, sizes) in zip(size, other.size).enumerated() where sizes.1 > sizes.0 {
            field.steps[axis] = other.steps[axis]
        }
        return field
    }

    private func axes(_ size: some WindowSizeConvertible) -> [Int] {
        let axes = size.windowSize(rank: rank).axes
        require(
            axes.count == rank && axes.allSatisfy { $0 >= 1 },
            "a window of \(axes) for \(rank) axes; expected a number of at least 1 for each")
        return axes
    }
}

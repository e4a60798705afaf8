import CognitronKernels

/// A random change of single images: draws the numbers of one image and returns its changes, in order.
///
/// The stages of a data pipeline and the layers of the same names share it.
package struct ImageDrawing: Sendable {
    package let draw: @Sendable (ImageSize, inout RandomGenerator) -> [ImageChange]

    package init(_ draw: @escaping @Sendable (ImageSize, inout RandomGenerator) -> [ImageChange]) {
        self.draw = draw
    }

    /// One change of numbers that do not depend on the image's size.
    init(_ draw: @escaping @Sendable (inout RandomGenerator) -> ImageChange) {
        self.draw = { _, generator in [draw(&generator)] }
    }

    /// The change with a probability that is drawn itself: even in a range.
    package func applied(_ probability: ClosedRange<Float>) -> ImageDrawing {
        ImageDrawing { [draw] size, generator in
            let limit = generator.uniform(probability)
            return generator.uniform(0, 1) < limit ? draw(size, &generator) : []
        }
    }

    /// The changes, then values clipped.
    package func clipped(_ range: ValueRange) -> ImageDrawing {
        ImageDrawing { [draw] size, generator in draw(size, &generator) + [.clip(range)] }
    }

    /// The changes of several drawings, in order.
    package static func sequence(_ drawings: [ImageDrawing]) -> ImageDrawing {
        ImageDrawing { size, generator in
            var changes: [ImageChange] = []
            for drawing in drawings { changes += drawing.draw(size, &generator) }
            return changes
        }
    }
}

extension RandomGenerator {
    /// A uniform number of a range.
    package mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        uniform(range.lowerBound, range.upperBound)
    }

    /// A number or its opposite.
    mutating func eitherSign(_ x: Float) -> Float { uniform(0, 1) < 0.5 ? x : -x }
}

// MARK: - Colours

extension ImageDrawing {
    /// Adds a share of the range of values.
    package static func brightness(_ share: ClosedRange<Float>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing {
            .brightness($0.uniform(share) * (range.upperBound - range.lowerBound), range)
        }
    }

    package static func contrast(_ factor: ClosedRange<Float>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { .contrast($0.uniform(factor), range) }
    }

    /// - Parameter share: 0 for the image itself, 1 for grey.
    package static func grey(_ share: ClosedRange<Float>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { .grey($0.uniform(share), range) }
    }

    /// - Parameter turn: 1 for half the circle of hues, which is turned either way.
    package static func hue(_ turn: ClosedRange<Float>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { .hue($0.eitherSign($0.uniform(turn) / 2), range) }
    }

    /// The saturation times u / (1 − u).
    package static func saturation(
        factor share: ClosedRange<Float>, _ range: ValueRange
    ) -> ImageDrawing {
        ImageDrawing { generator in
            let u = generator.uniform(share)
            return .saturation(u / (1 - u + 1e-7), range)
        }
    }

    /// The saturation times a factor.
    package static func saturation(_ factor: ClosedRange<Float>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { .saturation($0.uniform(factor), range) }
    }

    /// - Parameter factor: 0 for a smoothed image, 1 for the image itself, more for a sharper one.
    package static func sharpness(_ factor: ClosedRange<Float>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { .sharpness($0.uniform(factor), range) }
    }

    package static func invert(_ range: ValueRange) -> ImageDrawing {
        ImageDrawing { _ in .invert(white: range.upperBound) }
    }

    /// - Parameter addition, threshold: shares of the range of values.
    package static func solarize(
        addition: ClosedRange<Float>, threshold: ClosedRange<Float>, _ range: ValueRange
    ) -> ImageDrawing {
        ImageDrawing {
            .solarize(addition: 255 * $0.uniform(addition), threshold: 255 * $0.uniform(threshold), range)
        }
    }

    package static func posterize(bits: ClosedRange<Int>, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { .posterize(bits: Int.random(in: bits, using: &$0), range) }
    }

    package static func equalize(bins: Int = 256, _ range: ValueRange) -> ImageDrawing {
        ImageDrawing { _ in .equalize(bins: bins, range) }
    }

    /// Each channel stretched over the range.
    package static func stretch(_ range: ValueRange) -> ImageDrawing { ImageDrawing { _ in .stretch(range) } }

    /// A Gaussian blur. Rows and columns have a deviation of their own.
    ///
    /// - Parameter counts: the weights along rows and columns, odd.
    package static func blur(
        counts: (rows: Int, columns: Int), sigma: ClosedRange<Float>, _ edge: ImageEdge
    ) -> ImageDrawing {
        ImageDrawing { generator in
            let (columns, rows) = (generator.uniform(sigma) + 1e-6, generator.uniform(sigma) + 1e-6)
            return .filter(
                rows: GaussianFilter.weights(counts.rows, sigma: rows),
                columns: GaussianFilter.weights(counts.columns, sigma: columns), edge)
        }
    }

    /// A rectangle erased, of a random share of each side.
    ///
    /// - Parameters:
    ///   - area: the square of the share of each side.
    ///   - values: what is shown, for each channel; nil for noise.
    package static func erase(
        area: ClosedRange<Float>, values: [Float]?, _ range: ValueRange
    ) -> ImageDrawing {
        ImageDrawing { size, generator in
            let shares = (generator.uniform(area).squareRoot(), generator.uniform(area).squareRoot())
            let columns = generator.bounds(of: shares.0, in: size.width)
            let rows = generator.bounds(of: shares.1, in: size.height)
            let fill: ImageFill =
                values.map { .values($0.map { min(max($0, range.lowerBound), range.upperBound) }) }
                ?? .noise(RandomKey(seed: generator.next()).philox, range)
            return [.erase(rows: rows, columns: columns, fill)]
        }
    }
}

extension RandomGenerator {
    /// The pixels of a random part of a side: those whose centres, counted 0, 1 …, lie in it.
    package mutating func bounds(of share: Float, in length: Int) -> Range<Int> {
        let part = share * Float(length)
        let start = uniform(0, 1) * (Float(length) - part)
        let first = Int(start.rounded(.up))
        return first..<max(first, min(length, Int((start + part).rounded(.up))))
    }
}

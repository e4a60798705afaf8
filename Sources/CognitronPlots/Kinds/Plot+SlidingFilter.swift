import Cognitron

extension Plot {
    /// A filter on its way over an image or a sequence, step by step: what it lies on, and the output so far.
    ///
    ///     let x = Tensor((1...16).map { Float($0) }, shape: [4, 4])
    ///     try Plot.slidingFilter(over: x, kernel: [[1, 1, 1], [2, 0, 1], [-1, -1, 0]]).write(to: "steps.svg")
    ///
    /// - Parameters:
    ///   - input: (H, W); a sequence is an image of one row.
    ///   - kernel: (FH, FW)
    ///   - strides: the steps from one place to the next.
    ///   - padding: zeros around the input; an axis along which the filter has one number gets none.
    /// - Throws: `CognitronError` where the filter does not fit, or takes more than 64 steps.
    public static func slidingFilter(
        over input: Tensor, kernel: Tensor, strides: Int = 1, padding: Int = 0,
        title: String = "A filter slides over an image"
    ) throws -> Plot {
        let walk = try FilterWalk(input, kernel, strides)
        let margins = kernel.shape.map { $0 > 1 ? padding : 0 }
        let padded = input.padded([(margins[0], margins[0]), (margins[1], margins[1])])
        let counts = zip(padded.shape, kernel.shape).map { ($0 - $1) / strides + 1 }
        try walk.require(zip(padded.shape, kernel.shape).allSatisfy { $0 >= $1 }, counts)
        var output = [[Float?]](repeating: [Float?](repeating: nil, count: counts[1]), count: counts[0])
        let steps = (0..<counts[0] * counts[1]).map { number in
            let (row, column) = (number / counts[1], number % counts[1])
            let rows = row * strides..<row * strides + kernel.shape[0]
            let columns = column * strides..<column * strides + kernel.shape[1]
            let sum = (padded.slice(axis: 0, rows).slice(axis: 1, columns) * kernel).sum()
            output[row][column] = sum
            var before = NumberGrid(numbers: walk.numbers(padded), framed: (rows, columns))
            before.fill = { row, column in
                let isInside =
                    (margins[0]..<margins[0] + input.shape[0]).contains(row)
                    && (margins[1]..<margins[1] + input.shape[1]).contains(column)
                return isInside ? nil : (Palette.rule, false)
            }
            let after = NumberGrid(numbers: output, framed: (row..<row + 1, column..<column + 1))
            return FilterWalk.Step(before: before, after: after)
        }
        return walk.plot(title, steps, "strides \(strides), padding \(padding)")
    }

    /// A filter of a transposed convolution: each number of the input writes the filter, times itself, into
    /// the output.
    ///
    /// - Parameters:
    ///   - input: (H, W)
    ///   - kernel: (FH, FW)
    /// - Throws: `CognitronError` where it takes more than 64 steps.
    public static func transposedFilter(
        over input: Tensor, kernel: Tensor, strides: Int = 1,
        title: String = "A transposed convolution"
    ) throws -> Plot {
        let walk = try FilterWalk(input, kernel, strides)
        try walk.require(true, Array(input.shape))
        let sizes = zip(input.shape, kernel.shape).map { ($0 - 1) * strides + $1 }
        var output = Tensor.zeros(Shape(sizes))
        let steps = (0..<input.count).map { number in
            let (row, column) = (number / input.shape[1], number % input.shape[1])
            let rows = row * strides..<row * strides + kernel.shape[0]
            let columns = column * strides..<column * strides + kernel.shape[1]
            var band = output.slice(axis: 0, rows)
            let stamp = kernel * input[row, column]
            band.assign(band.slice(axis: 1, columns) + stamp, axis: 1, columns)
            output.assign(band, axis: 0, rows)
            return FilterWalk.Step(
                before: NumberGrid(
                    numbers: walk.numbers(input), framed: (row..<row + 1, column..<column + 1)),
                after: NumberGrid(numbers: walk.numbers(output), framed: (rows, columns)))
        }
        return walk.plot(title, steps, "strides \(strides)")
    }
}

/// The pictures of a filter's steps, and how they are laid out.
private struct FilterWalk {
    struct Step {
        let before: NumberGrid
        let after: NumberGrid
    }

    private static let largestCount = 64
    private static let gap = 24.0
    private static let widest = 900.0

    private let kernel: Tensor

    init(_ input: Tensor, _ kernel: Tensor, _ strides: Int) throws {
        guard input.rank == 2, kernel.rank == 2, input.count > 0, kernel.count > 0, strides >= 1 else {
            throw CognitronError(
                .shape, "the filter's steps", "cannot be drawn",
                expected: "an input (H, W), a filter (FH, FW) and strides of at least 1",
                got: "\(input.shape), \(kernel.shape) and \(strides)")
        }
        self.kernel = kernel
    }

    func require(_ fits: Bool, _ counts: [Int]) throws {
        guard fits, counts.reduce(1, *) <= Self.largestCount else {
            throw CognitronError(
                .argument, "the filter's steps",
                fits ? "are too many" : "the filter does not fit its input",
                expected: "at most \(Self.largestCount) steps",
                got: fits ? "\(counts.reduce(1, *))" : "a filter of \(kernel.shape)",
                advice: fits
                    ? "take a smaller input, or larger strides" : "take a smaller filter, or padding")
        }
    }

    func numbers(_ tensor: Tensor) -> [[Float?]] { tensor.unstacked().map { $0.scalars.map { $0 } } }

    /// The filter, then the steps in rows.
    func plot(_ title: String, _ steps: [Step], _ arguments: String) -> Plot {
        let filter = NumberGrid(numbers: numbers(kernel), fill: { _, _ in (Palette.rule, false) })
        var content = [Label("Filter", isBold: true).at(0, 12)] + filter.at(0, 20)
        let (before, after) = (steps[0].before, steps[0].after)
        let width = before.width + Self.gap + after.width
        let height = 20 + max(before.height, after.height)
        let columns = max(1, Int((Self.widest + Self.gap) / (width + 2 * Self.gap)))
        let top = 20 + filter.height + Self.gap
        for (number, step) in steps.enumerated() {
            let x = Double(number % columns) * (width + 2 * Self.gap)
            let y = top + Double(number / columns) * (height + Self.gap)
            content.append(Label("Step \(number + 1)", isBold: true).at(x, y + 12))
            content.append(
                Label("→").at(x + before.width + Self.gap / 2, y + 20 + before.height / 2 + 4, .middle))
            content += step.before.at(x, y + 20) + step.after.at(x + before.width + Self.gap, y + 20)
        }
        let rows = (steps.count + columns - 1) / columns
        return Plot(
            title, subtitle: arguments,
            width: max(
                filter.width,
                Double(min(columns, steps.count)) * (width + 2 * Self.gap)
                    - 2 * Self.gap),
            height: top + Double(rows) * (height + Self.gap) - Self.gap, content: content)
    }
}

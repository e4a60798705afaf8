// What a window's arguments can get wrong.

extension Window {
    /// Throws unless the arguments make sense and the window finds a place on the input.
    ///
    /// - Parameter input: one sample, with `rank` axes and then its channels.
    func check(_ input: Shape, _ context: BuildContext) throws {
        try checkArguments(context)
        try checkPadding(context)
        if kind == .pool { try checkPool(context) }
        try checkFit(input, context)
    }

    /// Throws unless sizes, strides and dilation rates are numbers of at least 1 for each axis.
    func checkArguments(_ context: BuildContext) throws {
        try context.require("\(kind)Size", size, rank: rank)
        try context.require("strides", strides, rank: rank)
        try context.require("dilationRate", dilationRate, rank: rank)
        // Keras refuses both together; PyTorch, whose padding is always explicit, has a meaning for them.
        guard padding.explicitMargins == nil, strides.axes.contains(where: { $0 > 1 }),
            dilationRate.axes.contains(where: { $0 > 1 })
        else { return }
        throw context.error(
            .argument, "strides and dilationRate together", expected: "1 for one of them",
            got: "strides \(strides), dilationRate \(dilationRate)",
            advice: "use padding: .explicit(…), for which both are defined")
    }

    private func checkPadding(_ context: BuildContext) throws {
        if let margins = padding.explicitMargins { try context.require("padding", margins, rank: rank) }
        guard padding == .causal, kind == .pool || rank != 1 else { return }
        throw context.error(
            .argument, "invalid padding", expected: ".valid, .same or .explicit(…)", got: ".causal",
            advice: "causal are convolutions of sequences, with one axis")
    }

    private func checkPool(_ context: BuildContext) throws {
        if let margins = padding.explicitMargins {
            let misses = (0..<rank).contains { axis in
                let (before, after) = self.margins(axis, 1)
                return 2 * max(before, after) > size.axes[axis]
            }
            if misses {
                throw context.error(
                    .argument, "padding so large that a window could miss the input",
                    expected: "at most half of the pool \(size)", got: "\(margins)")
            }
        }
        // A maximum's place in its window is kept in 16 bits.
        let limit = Int(UInt16.max)
        guard size.axes.reduce(1, { min($0 * $1, limit + 1) }) <= limit else {
            throw context.error(
                .argument, "invalid poolSize", expected: "at most \(limit) pixels", got: "\(size)")
        }
    }

    private func checkFit(_ input: Shape, _ context: BuildContext) throws {
        let padded = (0..<rank).map { axis in
            let (before, after) = margins(axis, input[axis])
            return before + input[axis] + after
        }
        let spans = WindowSize(axes: (0..<rank).map(span))
        guard zip(spans.axes, padded).contains(where: { $0 > $1 }) else { return }
        let around = context.trailDescription.map { " (\($0))" } ?? ""
        let size = rank == 1 ? "input of \(padded[0])" : "\(WindowSize(axes: padded)) input"
        throw context.error(
            .shape, "\(kind) \(spans) does not fit its \(size)\(around)",
            advice: "use padding: .same or a smaller \(kind)")
    }
}

extension BuildContext {
    /// Throws unless `size` has `rank` numbers of at least `minimum`.
    func require(_ argument: String, _ size: WindowSize, rank: Int, atLeast minimum: Int = 1) throws {
        guard size.rank == rank else {
            throw error(
                .argument, "invalid \(argument)",
                expected: rank == 1 ? "one whole number" : "one whole number or \(rank) of them",
                got: "\(size.axes)")
        }
        for number in size.axes { try require(argument, number, atLeast: minimum) }
    }

    /// The channels of an input with `rank` axes before them.
    ///
    /// - Throws: `CognitronError` where the input has other axes or an empty one.
    func requireChannels(_ input: Shape, rank: Int) throws -> Int {
        if rank == 2 { return try imageSize(input).channels }
        guard input.rank == rank + 1, input.allSatisfy({ $0 > 0 }) else {
            throw error(
                .shape, rank == 1 ? "needs sequences" : "needs volumes",
                expected: "an input of shape "
                    + (rank == 1 ? "steps × channels" : "depth × height × width × channels"),
                got: "\(input)")
        }
        return input[rank]
    }
}

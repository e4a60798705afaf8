import Cognitron

extension Dataset {
    /// The same pictures in grey as inputs, and in colour as targets, to learn colouring.
    ///
    ///     let pairs = try Dataset.cifar10.inGrey()        // (N, 32, 32, 1) → (N, 32, 32, 3)
    ///     let same = try Dataset(named: "grey:cifar10")
    ///
    /// Grey is 0.299 red + 0.587 green + 0.114 blue. The data set's own targets are not used.
    ///
    /// - Throws: `CognitronError.argument` where its samples are known to have no colours.
    /// - Source: the weights of ITU-R BT.601.
    public func inGrey() throws -> Dataset {
        if let shape { try Self.requireColours(shape, name) }
        let grey = shape.map { $0.replacingLast(with: 1) }
        return Dataset(
            "grey:\(name)", "\(summary), from grey to colour", task: .pictures, shape: grey, from: self
        ) { wanted, load in
            let part = try load(shape ?? wanted.map { $0.replacingLast(with: 3) })
            try Self.requireColours(part.inputShape, part.name)
            let channels = wanted?.last ?? 1
            var pairs = try DatasetPart(
                name: "grey:\(part.name)", task: .pictures,
                inputShape: part.inputShape.replacingLast(with: channels),
                source: part.source.map { $0.inGrey(channels: channels) })
            pairs.notes = part.notes
            return pairs
        }
    }

    private static func requireColours(_ shape: Shape, _ name: String) throws {
        guard shape.rank != 3 || shape[2] != 3 else { return }
        throw CognitronError(
            .argument, "grey:\(name)", "\(name) has no coloured pictures to begin with",
            expected: "height × width × 3", got: "\(shape)", advice: "name another data set, as grey:cifar10")
    }
}

extension Batch {
    /// The first input in grey, and as the target.
    ///
    /// - Parameter channels: those of the input, all alike.
    fileprivate func inGrey(channels: Int) -> Batch {
        let luma = Tensor([0.299, 0.587, 0.114], shape: [3, 1])
        let grey = inputs[0].matmul(luma)  // (N, H, W, 1)
        let repeated = channels == 1 ? grey : .concatenated(Array(repeating: grey, count: channels))
        return Batch(inputs: [repeated], targets: [inputs[0]])
    }
}

extension DatasetScheme {
    /// The pictures of any data set, `grey:cifar10` or `grey:folder:pets`: see `Dataset.inGrey()`.
    public static let grey = DatasetScheme(
        "grey", "DATASET", "coloured pictures of a data set, and the same in grey to begin with"
    ) { name, options in
        try (DatasetScheme.split(name).map { try $0.scheme.open($0.path, options) } ?? Dataset(named: name))
            .inGrey()
    }
}

import Cognitron

/// A rule that puts each picture together from parts of its batch's.
///
/// Partners are samples of the same batch, drawn by the sample itself. So a result depends on which samples
/// are in the batch, which follows from the training's seed, and not on the threads that make it.
protocol CollageRule: AugmentationRule {
    /// The most pieces of one picture.
    var mostPieces: Int { get }

    /// The pieces of the picture of a row of the batch, each painted over those before. Those after the
    /// first do not overlap.
    func pieces(
        of row: Int, batch: Int, height: Int, width: Int, _ generator: inout RandomGenerator
    ) -> [Piece]
}

extension CollageRule {
    func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        try apply(to: &batch, targets: [], samples: samples, draw)
    }

    func apply(to batch: inout Batch, targets: [TargetKind], samples: [Int], _ draw: Draw) throws {
        let shape = try batch.pictureShape
        let (height, width) = (shape[1], shape[2])
        let kinds = batch.kinds(targets)
        for (index, kind) in kinds.enumerated() { try kind.check(batch.targets[index].shape, index, shape) }
        let pieces = samples.enumerated().map { row, sample in
            var generator = draw.generator(for: sample)
            return self.pieces(of: row, batch: samples.count, height: height, width: width, &generator)
        }
        batch.inputs[0] = batch.inputs[0].collage(pieces)
        let boxRows = zip(kinds, batch.targets).first { $0.0 == .boxes }?.1.shape[1] ?? 0
        for (index, kind) in kinds.enumerated() {
            let target = batch.targets[index]
            switch kind {
            case .picture: batch.targets[index] = target.collage(pieces)
            // The numbers of instances follow the rows of their boxes.
            case .mask: batch.targets[index] = target.collage(pieces, boxRows: boxRows)
            case .boxes: batch.targets[index] = target.joinedBoxes(pieces, most: mostPieces, height, width)
            case .other:
                batch.targets[index] = try target.mixed(
                    pieces.map { Piece.shares($0, of: height * width) }, index)
            }
        }
    }
}

struct Cutmix: CollageRule {
    var alpha: Float

    var mostPieces: Int { 2 }

    var problem: RuleProblem? { alpha.problem("alpha", above: 0, to: 1000) }

    func pieces(
        of row: Int, batch: Int, height: Int, width: Int, _ generator: inout RandomGenerator
    ) -> [Piece] {
        let partner = Int.random(in: 0..<batch, using: &generator)
        let side = (1 - generator.beta(alpha)).squareRoot()
        let columns = generator.bounds(of: side, in: width)
        let rows = generator.bounds(of: side, in: height)
        return [
            Piece(source: row, rows: 0..<height, columns: 0..<width),
            Piece(source: partner, rows: rows, columns: columns),
        ]
    }
}

struct Mosaic: CollageRule {
    var probability: Float

    var mostPieces: Int { 4 }

    var problem: RuleProblem? { probability.problem("probability", above: 0, to: 1) }

    func pieces(
        of row: Int, batch: Int, height: Int, width: Int, _ generator: inout RandomGenerator
    ) -> [Piece] {
        guard generator.uniform(0, 1) < probability else {
            return [Piece(source: row, rows: 0..<height, columns: 0..<width)]
        }
        // The middle half of the picture, so that each of the four shows something.
        let y = Int.random(in: height / 4...max(height / 4, 3 * height / 4), using: &generator)
        let x = Int.random(in: width / 4...max(width / 4, 3 * width / 4), using: &generator)
        return [(0..<y, 0..<x), (0..<y, x..<width), (y..<height, 0..<x), (y..<height, x..<width)]
            .enumerated().map { corner, part in
                let source = corner == 0 ? row : Int.random(in: 0..<batch, using: &generator)
                // Any part of the source that has the size of this one.
                let top = Int.random(in: 0...height - part.0.count, using: &generator)
                let left = Int.random(in: 0...width - part.1.count, using: &generator)
                return Piece(
                    source: source, rows: part.0, columns: part.1, down: part.0.lowerBound - top,
                    right: part.1.lowerBound - left)
            }
    }
}

struct Mixup: AugmentationRule {
    var alpha: Float

    var problem: RuleProblem? { alpha.problem("alpha", above: 0, to: 1000) }

    func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        try apply(to: &batch, targets: [], samples: samples, draw)
    }

    func apply(to batch: inout Batch, targets: [TargetKind], samples: [Int], _ draw: Draw) throws {
        _ = try batch.pictureShape
        let kinds = batch.kinds(targets)
        if let index = kinds.firstIndex(where: { $0 == .mask || $0 == .boxes }) {
            throw CognitronError(
                .data, "mixup", "target \(index) cannot be mixed",
                expected: "distributions over classes, numbers, or pictures", got: "\(kinds[index])",
                advice: "use cutmix or mosaic")
        }
        let parts = samples.enumerated().map { row, sample in
            var generator = draw.generator(for: sample)
            let partner = Int.random(in: samples.indices, using: &generator)
            let share = generator.beta(alpha)
            return [(row: row, share: share), (row: partner, share: 1 - share)]
        }
        batch.inputs[0] = batch.inputs[0].weighted(parts)
        for index in kinds.indices { batch.targets[index] = try batch.targets[index].mixed(parts, index) }
    }
}

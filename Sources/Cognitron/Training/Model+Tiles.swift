import CognitronKernels

// Pictures of any size by a network for pictures of one size.

extension Model {
    /// The answer for each pixel of a picture of any size: the picture is predicted in overlapping tiles.
    ///
    ///     let network = try unet2015()                                  // 572 × 572 to 388 × 388
    ///     let classes = try network.predict(tilesOf: picture)           // (H, W, 1) → (H, W, 2)
    ///
    /// Each tile is as large as the network's input. The border of its output, where padding stands for the
    /// pixels beyond the tile, is cut off; the rest meets the rests of its neighbours without a gap. Beyond
    /// the picture's edges its mirror image continues. A network without padding needs no margin: its output
    /// lacks the border already.
    ///
    /// - Parameters:
    ///   - picture: `(H, W, C)`.
    ///   - tileSize: height and width of the tiles, for a network with free axes; nil for the network's.
    ///   - margin: what is cut off each side of a tile's output; by default an eighth of the tile where the
    ///     output is as large as it, rounded down to a multiple of 16 if it has so many pixels, else 0.
    ///     Choose a multiple of the network's strides, so that tiles lie on its grid.
    ///   - batchSize: tiles predicted at a time.
    /// - Returns: `(H, W, classes)`.
    /// - Throws: `CognitronError` where the network's input or output are no images, the output is larger
    ///   than the tile, or the margin leaves nothing.
    /// - Source: the overlap-tile strategy of Ronneberger, Fischer and Brox, "U-Net" (2015).
    public func predict(
        tilesOf picture: Tensor, tileSize: (height: Int, width: Int)? = nil, margin: Int? = nil,
        batchSize: Int = 8
    ) throws -> Tensor {
        guard picture.rank == 3, picture.count > 0 else {
            throw CognitronError(
                .shape, displayName, "takes one picture at a time", expected: "height × width × channels",
                got: "\(picture.shape)")
        }
        let (tile, output) = try tileShapes(picture.shape[2], tileSize)
        let rows = try TileAxis(picture.shape[0], tile[0], output[0], margin, displayName)
        let columns = try TileAxis(picture.shape[1], tile[1], output[1], margin, displayName)
        let places = rows.starts.flatMap { row in columns.starts.map { (row, $0) } }
        var parts: [Tensor] = []
        for start in stride(from: 0, to: places.count, by: max(1, batchSize)) {
            let batch = places[start..<min(start + max(1, batchSize), places.count)].map { row, column in
                picture.gathering(rows.pixels(from: row), axis: 0)
                    .gathering(columns.pixels(from: column), axis: 1)
            }
            let answers = try predict(Tensor.stacked(batch), batchSize: batch.count)
            parts += answers.slice(axis: 1, rows.kept).slice(axis: 2, columns.kept).unstacked()
        }
        let bands = stride(from: 0, to: parts.count, by: columns.starts.count).map { first in
            Tensor.concatenated(Array(parts[first..<first + columns.starts.count]), axis: 1)
        }
        return Tensor.concatenated(bands, axis: 0)
            .slice(axis: 0, 0..<picture.shape[0]).slice(axis: 1, 0..<picture.shape[1])
    }

    /// The shapes of a tile and of the network's output for it.
    private func tileShapes(_ channels: Int, _ size: (height: Int, width: Int)?) throws -> (Shape, Shape) {
        guard let tile = size.map({ Shape([$0.height, $0.width, channels]) }) ?? inputShape, tile.rank == 3
        else {
            throw CognitronError(
                .model, displayName, "has no tile size", expected: "a network for pictures of one size",
                got: "an input of other axes, or free ones", advice: "give the tileSize")
        }
        try prepare(for: [tile])
        guard let output = outputShapes(for: [tile])?.first, output.rank == 3 else {
            throw CognitronError(
                .model, displayName, "gives no answer for each pixel",
                expected: "an output of height × width × classes",
                got: outputShapes(for: [tile])?.first.map { "\($0)" } ?? "none")
        }
        return (tile, output)
    }
}

/// Tiles along one axis of a picture.
private struct TileAxis {
    private let size: Int
    private let tile: Int
    /// Pixels of the tile before those that are kept.
    private let border: Int
    /// The part of a tile's output that is kept.
    let kept: Range<Int>

    init(_ size: Int, _ tile: Int, _ output: Int, _ margin: Int?, _ place: String) throws {
        let usual = tile / 8 >= 16 ? tile / 8 / 16 * 16 : tile / 8
        let margin = margin ?? (output == tile ? usual : 0)
        guard output <= tile, margin >= 0, output > 2 * margin else {
            throw CognitronError(
                .argument, place, "cannot predict tiles",
                expected: "outputs no larger than tiles of \(tile) pixels, and a margin below half of them",
                got: "outputs of \(output) pixels, a margin of \(margin)")
        }
        (self.size, self.tile) = (size, tile)
        border = (tile - output) / 2 + margin
        kept = margin..<output - margin
    }

    /// The first kept pixel of each tile.
    var starts: [Int] { Array(stride(from: 0, to: size, by: kept.count)) }

    /// The picture's pixels in the tile whose first kept pixel is `start`; mirrored at the edges.
    func pixels(from start: Int) -> [Int] {
        let period = max(1, 2 * (size - 1))
        return (0..<tile).map { offset in
            let place = (start - border + offset) % period
            let positive = place < 0 ? place + period : place
            return min(positive, period - positive)
        }
    }
}

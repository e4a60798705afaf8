import Cognitron
import CognitronKernels

/// A rectangle of a picture that shows another picture of the batch, shifted.
struct Piece {
    /// The row of the batch.
    var source: Int
    var rows: Range<Int>
    var columns: Range<Int>
    var down = 0
    var right = 0

    /// How much of a picture each piece covers; the first gets what the others leave.
    static func shares(_ pieces: [Piece], of area: Int) -> [(row: Int, share: Float)] {
        let others = pieces.dropFirst().map {
            (row: $0.source, share: Float($0.rows.count * $0.columns.count) / Float(area))
        }
        return [(row: pieces[0].source, share: 1 - others.reduce(0) { $0 + $1.share })] + others
    }

    /// Whether the piece hides all of a box.
    func covers(_ box: BoxRow) -> Bool {
        box.left >= Float(columns.lowerBound) && box.right <= Float(columns.upperBound)
            && box.top >= Float(rows.lowerBound) && box.bottom <= Float(rows.upperBound)
    }
}

extension Batch {
    /// The shape (N, H, W, C) of the first input.
    var pictureShape: Shape {
        get throws {
            guard let shape = inputs.first?.shape, shape.rank == 4 else {
                throw CognitronError(
                    .data, "augmentation", "the first input has no images", expected: "(N, H, W, C)",
                    got: inputs.first.map { "\($0.shape)" } ?? "no input")
            }
            return shape
        }
    }

    /// The kind of each target.
    func kinds(_ kinds: [TargetKind]) -> [TargetKind] {
        targets.indices.map { kinds.indices.contains($0) ? kinds[$0] : .other }
    }
}

extension Tensor {
    /// Pictures or masks put together from pieces of each other.
    ///
    /// - Parameter boxRows: of a mask of instances, the rows of boxes of a picture. Numbers above 0 of the
    ///   k-th piece grow by k times as many.
    func collage(_ pieces: [[Piece]], boxRows: Int = 0) -> Tensor {
        let (height, width, channels) = (shape[1], shape[2], shape.rank == 4 ? shape[3] : 1)
        var result = Tensor(uninitialized: shape)
        result.withUnsafeMutableScalars { y in
            withUnsafeScalars { x in
                for (row, pieces) in pieces.enumerated() {
                    for (number, piece) in pieces.enumerated() {
                        for line in piece.rows {
                            let first = ((row * height + line) * width + piece.columns.lowerBound) * channels
                            let from = (piece.source * height + line - piece.down) * width
                            let source = (from + piece.columns.lowerBound - piece.right) * channels
                            for i in 0..<piece.columns.count * channels {
                                let value = x[source + i]
                                y[first + i] = value > 0 ? value + Float(number * boxRows) : value
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// The boxes (N, M, 5) of all pieces: (N, most · M, 5), those of the k-th piece in the rows from k · M.
    func joinedBoxes(_ pieces: [[Piece]], most: Int, _ height: Int, _ width: Int) -> Tensor {
        let perSample = shape[1]
        let old = scalars
        var numbers: [Float] = []
        numbers.reserveCapacity(most * old.count)
        for pieces in pieces {
            for number in 0..<most {
                for index in 0..<perSample {
                    guard pieces.indices.contains(number) else {
                        numbers += BoxRow.none.scalars
                        continue
                    }
                    let piece = pieces[number]
                    let place = (piece.source * perSample + index) * BoxRow.width
                    let box = BoxRow(old[place..<place + BoxRow.width])
                        .shifted(down: piece.down, right: piece.right)
                        .cut(rows: piece.rows, columns: piece.columns)
                    let isHidden = pieces[(number + 1)...].contains { $0.covers(box) }
                    numbers += (isHidden ? .none : box).scalars
                }
            }
        }
        return Tensor(numbers, shape: [shape[0], most * perSample, BoxRow.width])
    }

    /// Each row the sum of rows times their shares.
    func weighted(_ parts: [[(row: Int, share: Float)]]) -> Tensor {
        let size = shape.sample.elementCount
        var result = Tensor(uninitialized: shape)
        result.withUnsafeMutableScalars { y in
            withUnsafeScalars { x in
                for (row, parts) in parts.enumerated() {
                    for i in 0..<size {
                        y[row * size + i] = parts.reduce(0) { $0 + $1.share * x[$1.row * size + i] }
                    }
                }
            }
        }
        return result
    }

    /// Distributions or numbers of target `index`, mixed.
    ///
    /// - Throws: `CognitronError.data` for class numbers, of which there is no mean.
    func mixed(_ parts: [[(row: Int, share: Float)]], _ index: Int) throws -> Tensor {
        guard rank >= 2 else {
            throw CognitronError(
                .data, "augmentation", "target \(index) has class numbers, which cannot be mixed",
                expected: "a distribution over the classes for each sample, (N, classes)", got: "\(shape)",
                advice: "use source.withCategoricalTargets(classCount:) or toCategorical, for training and "
                    + "evaluation, and the loss categoricalCrossentropy in place of the sparse one")
        }
        return weighted(parts)
    }
}

import Cognitron

extension Model {
    /// How much a class loses where a square of the picture is covered.
    ///
    ///     map[y, x] = mean over the squares that cover (y, x) of output(picture) − output(covered picture)
    ///
    /// - Parameters:
    ///   - picture: (H, W, C), as the model takes it.
    ///   - classIndex: by default the class that the model predicts.
    ///   - size: the side of the square in pixels; by default a quarter of the picture's shorter side.
    ///   - stride: pixels from one square to the next; by default half of `size`.
    ///   - fill: the value of covered pixels; by default the mean of each channel.
    /// - Returns: (H, W), in units of the model's output.
    /// - Throws: `CognitronError` where the model does not take the picture or has no such class.
    /// - Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014).
    public func occlusionMap(
        of picture: Tensor, classIndex: Int? = nil, size: Int? = nil, stride: Int? = nil, fill: Float? = nil
    ) throws -> Tensor {
        let score = try ClassScore(self, picture, classIndex)
        let (height, width) = (picture.shape[0], picture.shape[1])
        let size = size ?? max(1, min(height, width) / 4)
        let stride = stride ?? max(1, size / 2)
        for (name, value) in [("size", size), ("stride", stride)] where value < 1 {
            throw CognitronError(.argument, name, "is too small", expected: "at least 1", got: "\(value)")
        }
        let background = fill.map { Tensor($0) } ?? picture.mean(axes: [0, 1])
        let squares = Self.starts(height, size, stride).flatMap { row in
            Self.starts(width, size, stride).map { (row, $0) }
        }
        let whole = try output(score.input, score.classIndex)[0]
        var (sums, counts) = (Tensor.zeros([height, width]), Tensor.zeros([height, width]))
        for start in Swift.stride(from: 0, to: squares.count, by: Self.squaresAtOnce) {
            let part = squares[start..<min(start + Self.squaresAtOnce, squares.count)]
            let covers = part.map { Self.square($0, size, height, width) }
            let covered = covers.map { cover in
                let mask = cover.expandingDimensions(at: -1)
                return picture * (1 - mask) + background * mask
            }
            let outputs = try output(Tensor.stacked(covered), score.classIndex)
            for (cover, value) in zip(covers, outputs) {
                sums += cover * (whole - value)
                counts += cover
            }
        }
        return sums / counts.maximum(1)
    }

    private static let squaresAtOnce = 64

    /// The class's outputs for a batch, as means over their places.
    private func output(_ batch: Tensor, _ classIndex: Int) throws -> [Float] {
        let outputs = try predict(batch)
        let ofClass = outputs.slice(axis: -1, classIndex)
        return ofClass.reshaped([batch.shape[0], -1]).mean(axis: 1).scalars
    }

    /// Where squares begin along an axis: all pixels are covered.
    private static func starts(_ length: Int, _ size: Int, _ stride: Int) -> [Int] {
        let last = max(0, length - size)
        let regular = Array(Swift.stride(from: 0, through: last, by: stride))
        return regular.last == last ? regular : regular + [last]
    }

    /// 1 in the square, 0 elsewhere.
    private static func square(_ start: (Int, Int), _ size: Int, _ height: Int, _ width: Int) -> Tensor {
        let rows = Tensor((0..<height).map { (start.0..<start.0 + size).contains($0) ? 1 : 0 as Float })
        let columns = Tensor((0..<width).map { (start.1..<start.1 + size).contains($0) ? 1 : 0 as Float })
        return rows.reshaped([height, 1]) * columns.reshaped([1, width])
    }
}

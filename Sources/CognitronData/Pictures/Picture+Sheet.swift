import Cognitron

extension Picture {
    /// Pictures of one size in rows, on white.
    ///
    /// - Parameters:
    ///   - pictures: (N, H, W, C) with 1 or 3 channels, values in 0…1.
    ///   - columns: the pictures of a row.
    ///   - scale: pixels of the sheet for each pixel of a picture; by default so many that small ones have
    ///     about 64.
    public init(sheetOf pictures: Tensor, columns: Int, scale: Int? = nil) {
        let (count, height, width) = (pictures.shape[0], pictures.shape[1], pictures.shape[2])
        let scale = scale ?? max(1, 64 / max(height, width))
        let (gap, rows) = (2, (count + columns - 1) / columns)
        var sheet = ContactSheet(
            height: rows * (height * scale + gap) + gap,
            width: min(count, columns) * (width * scale + gap) + gap)
        for number in 0..<count {
            sheet.draw(
                Picture(pictures[number]), top: number / columns * (height * scale + gap) + gap,
                left: number % columns * (width * scale + gap) + gap, scale)
        }
        self = sheet.picture
    }
}

extension SampleGenerator {
    /// A sheet of samples that are pictures. Of a conditional generator each row is a class, and each column
    /// the same noise.
    ///
    /// - Parameters:
    ///   - columns: the pictures of a row.
    ///   - rows: of a generator without classes.
    /// - Throws: `CognitronError` where the samples are no pictures.
    public func sheet(columns: Int = 10, rows: Int = 8, seed: UInt64 = 1) throws -> Picture {
        try requirePictures()
        guard let classCount else {
            return Picture(sheetOf: try samples(noise(rows * columns, seed: seed)), columns: columns)
        }
        let classes = (0..<classCount).flatMap { Array(repeating: $0, count: columns) }
        let noise = noise(columns, seed: seed).tiled([classCount, 1])
        return Picture(sheetOf: try samples(noise, classes: classes), columns: columns)
    }

    /// Throws where the samples are no pictures.
    public func requirePictures() throws {
        guard sampleShape.rank == 3, [1, 3].contains(sampleShape[2]) else {
            throw CognitronError(
                .model, network.name ?? "generator", "makes no pictures",
                expected: "height × width × 1 or 3 channels", got: "\(sampleShape)")
        }
    }
}

import Cognitron

extension Augmentation {
    /// A picture of what augmentations do. Each row shows a name, a picture as it is, and what several draws
    /// make of it.
    ///
    ///     let stages = try AugmentationName.registered.map {
    ///         ($0.name, try $0.augmentation(for: images.shape.sample))
    ///     }
    ///     let sheet = try Augmentation.contactSheet(stages, of: images)
    ///
    /// - Parameters:
    ///   - stages: names, of lower-case letters, digits and `-:.`, and augmentations.
    ///   - images: with three channels. Rows show them in turn; augmentations that mix take partners from
    ///     them.
    ///   - draws: changed pictures of a row.
    ///   - scale: pixels of the sheet for each pixel of a picture.
    ///   - columns: blocks of rows side by side.
    ///   - seed: selects the random numbers.
    /// - Throws: `CognitronError` where an augmentation does not suit the images.
    public static func contactSheet(
        _ stages: [(name: String, augmentation: Augmentation)], of images: Images, draws: Int = 5,
        scale: Int = 2, columns: Int = 2, seed: UInt64 = 1
    ) throws -> Picture {
        let (height, width) = (images.height * scale, images.width * scale)
        let labelWidth = 6 * scale * (stages.map(\.name.count).max() ?? 0) + gap
        let blockWidth = labelWidth + (draws + 1) * (width + gap) + gap
        let rows = max(1, (stages.count + columns - 1) / max(1, columns))
        var sheet = ContactSheet(height: rows * (height + gap), width: columns * blockWidth)
        let key = RandomKey(seed: seed)
        for (number, stage) in stages.enumerated() {
            let (top, left) = (number % rows * (height + gap) + gap / 2, number / rows * blockWidth)
            sheet.write(stage.name, top: top + height / 2 - 4 * scale, left: left + gap, scale)
            let source = SampleSource([images]).augmented([stage.augmentation])
            let own = number % images.count
            // Partners of mixtures stand behind the sample.
            let samples = (0..<images.count).map { (own + $0) % images.count }
            for draw in 0...draws {
                let draw = draw == 0 ? nil : Draw(epoch: draw, key: key.folding(number))
                guard let batch = try source.batch(samples, draw) else { continue }
                let place = left + labelWidth + (draw?.epoch ?? 0) * (width + gap)
                sheet.draw(Picture(batch.inputs[0][0]), top: top, left: place, scale)
            }
        }
        return sheet.picture
    }

    /// Pixels between pictures.
    private static let gap = 4
}

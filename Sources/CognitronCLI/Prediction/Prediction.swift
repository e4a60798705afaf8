import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction

/// What a model says of one sample: as a line for people, as a row for programs, and as a picture.
struct Prediction {
    /// The sample's file, or its kind and number: `a.png`, `picture 3`.
    let sample: String
    let line: String
    let row: ResultRow
    /// The picture to write, where the answer is one; a mask has a class number for each pixel.
    var picture: Picture?
    var isMask = false
    /// The mask's colours over the picture that it belongs to.
    var overlay: Picture?

    /// - Parameters:
    ///   - output: the model's output for the sample, without the axis that counts samples.
    ///   - truth: its target likewise, where it is known.
    ///   - top: how many classes a line names.
    ///   - picturePath: where an answer that is a picture will be written.
    init(
        _ sample: String, _ task: DataTask, output: Tensor, truth: Tensor?, top: Int, picturePath: String
    ) throws {
        self.sample = sample
        switch task {
        case .classification(let names):
            (line, row) = Self.classes(sample, names, output, truth, top)
        case .regression(let names):
            (line, row) = Self.numbers(sample, names, output, truth)
        case .segmentation(let names):
            let mask = output.mask
            (line, row) = Self.classes(sample, names, of: mask, top, picturePath)
            (picture, isMask) = (mask, true)
        case .pictures:
            line = "\(sample)  \(picturePath)"
            row = ResultRow([("sample", .text(sample)), ("picture", .text(picturePath))])
            picture = Picture(output)
        case .tagging(let names):
            let tags = output.classes.map { names.indices.contains($0) ? names[$0] : "\($0)" }
            line = "\(sample)  \(tags.joined(separator: " "))"
            row = ResultRow([("sample", .text(sample)), ("tags", .texts(tags))])
        case .detection, .instances, .text, .language, .unlabelled:
            throw CognitronError(
                .argument, "predict", "has no form for the answers of \(task.name)",
                advice: "call Model.predict in a program")
        }
    }

    /// - Parameters:
    ///   - names: of the classes.
    ///   - mask: the class of each pixel.
    init(_ sample: String, _ names: [String], mask: Picture, top: Int, picturePath: String) {
        self.sample = sample
        (line, row) = Self.classes(sample, names, of: mask, top, picturePath)
        (picture, isMask) = (mask, true)
    }

    private static func classes(
        _ sample: String, _ names: [String], of mask: Picture, _ top: Int, _ path: String
    ) -> (String, ResultRow) {
        let shares = mask.shares(names)
        let shown = shares.filter { $0.value > 0 }.sorted { $0.value > $1.value }.prefix(top)
            .map { "\($0.name) \(ScoreText.percent($0.value))" }.joined(separator: ", ")
        let row = ResultRow([
            ("sample", .text(sample)), ("mask", .text(path)), ("classes", .numbers(shares)),
        ])
        return ("\(sample)  \(path)  \(shown)", row)
    }

    private static func classes(
        _ sample: String, _ names: [String], _ output: Tensor, _ truth: Tensor?, _ top: Int
    ) -> (String, ResultRow) {
        let ranked = output.scalars.enumerated().sorted { $0.element > $1.element }
        let guesses = ranked.prefix(top).map { "\(names[$0.offset]) \(ScoreText.percent($0.element))" }
            .joined(separator: ", ")
        let best = ranked[0]
        var row = ResultRow([("sample", .text(sample))])
        var line = "\(sample)  \(guesses)"
        if let truth {
            let label = Int(truth.scalar)
            row.append("truth", .text(names[label]))
            line = "\(sample) (\(names[label]))  \(best.offset == label ? "✓" : "✗")  \(guesses)"
        }
        row.append("guess", .text(names[best.offset]))
        row.append("probability", .number(best.element))
        row.append("classes", .numbers(zip(names, output.scalars).map { ($0, $1) }))
        return (line, row)
    }

    private static func numbers(
        _ sample: String, _ names: [String], _ output: Tensor, _ truth: Tensor?
    ) -> (String, ResultRow) {
        let values = zip(names, output.scalars).map { (name: $0, value: $1) }
        var row = ResultRow([("sample", .text(sample))])
        let shown = values.map { "\($0.name) \(ScoreText.number($0.value))" }
        var line = "\(sample)  \(shown.joined(separator: ", "))"
        if let truth {
            let known = zip(names, truth.scalars).map { (name: $0, value: $1) }
            row.append("truth", .numbers(known.map { ("true \($0.name)", $0.value) }))
            line += "  (\(known.map { ScoreText.number($0.value) }.joined(separator: ", ")))"
        }
        row.append("values", .numbers(values))
        return (line, row)
    }
}

extension Prediction {
    /// Writes an answer that is a picture: a mask with a palette, so that each pixel keeps the number of its
    /// class, and beside it the overlay.
    func writePicture(to path: String) throws {
        if let overlay { try PictureFile.write(overlay, to: Self.overlayPath(path)) }
        guard let picture else { return }
        if isMask {
            try PictureFile.writeMask(picture, to: path)
        } else {
            try PictureFile.write(picture, to: path)
        }
    }

    /// `road.mask.png` → `road.mask.overlay.png`
    static func overlayPath(_ path: String) -> String {
        (path.hasSuffix(".png") ? String(path.dropLast(4)) : path) + ".overlay.png"
    }
}

extension PictureMasks {
    /// The mask of a picture file, as an answer.
    ///
    /// - Parameters:
    ///   - path: of the picture.
    ///   - top: how many classes a line names.
    ///   - maskPath: where the mask will be written.
    func prediction(of path: String, top: Int, maskPath: String) throws -> Prediction {
        let picture = try PictureFile.read(path, channels: channels)
        let mask = try mask(of: picture)
        var prediction = Prediction(path, file.task.classNames, mask: mask, top: top, picturePath: maskPath)
        prediction.overlay = try picture.overlaid(by: mask)
        return prediction
    }
}

extension Picture {
    /// The mask's colours over the picture in grey; nil where their sizes differ.
    func overlaid(by mask: Picture) throws -> Picture? {
        guard (height, width) == (mask.height, mask.width) else { return nil }
        return try tinted(by: Tensor(mask.pixels.map { Float($0) }, shape: [height, width]))
    }
}

import Cognitron
import CognitronData

extension Plot {
    /// A picture to be explained.
    public struct Subject: Sendable {
        /// (H, W, C), as the model takes it.
        public var picture: Tensor
        /// What it is called, such as a file's name.
        public var name: String
        /// The true class, if it is known.
        public var label: Int?
        /// Its number in the data; nil of a file.
        public var number: Int?

        public init(_ picture: Tensor, name: String = "", label: Int? = nil) {
            (self.picture, self.name, self.label) = (picture, name, label)
        }
    }

    /// A way to say which pixels a class depends on.
    public enum Explanation: Sendable {
        /// `Model.gradCAM`; nil for the last layer that gives maps.
        case gradCAM(layer: String? = nil)
        /// `Model.saliency`.
        case saliency
        /// `Model.occlusionMap`; nil for a quarter of the picture.
        case occlusion(size: Int? = nil)
    }

    /// Which pixels of pictures a model's guesses depend on: each picture, and beside it the same in grey
    /// under the explanation's map.
    ///
    ///     try Plot.explanation(.gradCAM(), of: [.init(picture)], by: model, classNames: names)
    ///         .write(to: "why.png")
    ///
    /// - Parameter classIndex: the class that is explained; by default the one that the model predicts.
    /// - Throws: `CognitronError` where the model does not take a picture, or has no such class or layer.
    public static func explanation(
        _ explanation: Explanation, of subjects: [Subject], by model: Model, classNames: [String] = [],
        classIndex: Int? = nil
    ) throws -> Plot {
        func name(_ number: Int) -> String {
            classNames.indices.contains(number) ? classNames[number] : "class \(number)"
        }
        let side = subjects.count > 1 ? 96.0 : 220
        let cells = try subjects.flatMap { subject -> [PictureSheet.Cell] in
            let score = try ClassScore(model, subject.picture, classIndex)
            let map = try explanation.map(model, subject.picture, score.classIndex)
            let truth = subject.label.map { "is \(name($0))" } ?? subject.name
            let output = try model.predict(score.input)
            let probability =
                output.rank == 2 ? " " + Double(output[0, score.classIndex]).percent(0) : ""
            // A long name is cut, not the probability after it.
            let room = side + 8 - Label(probability, size: Label.small).width
            let guess = Label(name(score.classIndex), size: Label.small).fitted(to: room).text
            return [
                PictureSheet.Cell(
                    Picture(sample: subject.picture),
                    caption: [truth, subject.label == nil ? "" : subject.name]),
                PictureSheet.Cell(
                    Picture(subject.picture, under: map.maximum(0).scaledToOne),
                    caption: [
                        "\(guess)\(probability)",
                        "up to \(Double(map.finiteRange.high).significant(2))",
                    ]),
            ]
        }
        var sheet = PictureSheet(
            explanation.title, subtitle: try explanation.subtitle(model),
            sections: [PictureSheet.Section("", cells, columns: subjects.count > 1 ? 6 : 2)],
            side: side)
        sheet.colorBar = ColorBar(
            colors: .inferno, low: "0", high: "highest of the picture", title: explanation.unit)
        return try sheet.plot()
    }
}

extension Plot.Explanation {
    var title: String {
        switch self {
        case .gradCAM: "Grad-CAM"
        case .saliency: "Saliency"
        case .occlusion: "Occlusion"
        }
    }

    fileprivate var unit: String {
        switch self {
        case .gradCAM: "weighted feature maps"
        case .saliency: "|gradient|"
        case .occlusion: "loss of output"
        }
    }

    fileprivate func subtitle(_ model: Model) throws -> String {
        switch self {
        case .gradCAM(let layer):
            "The places that speak for the class, by the maps of \(try layer ?? model.lastMapLayer())"
        case .saliency: "How much each pixel changes the score of the class"
        case .occlusion: "How much the output for the class falls where a square is covered"
        }
    }

    fileprivate func map(_ model: Model, _ picture: Tensor, _ classIndex: Int) throws -> Tensor {
        switch self {
        case .gradCAM(let layer): try model.gradCAM(of: picture, classIndex: classIndex, layer: layer)
        case .saliency: try model.saliency(of: picture, classIndex: classIndex)
        case .occlusion(let size): try model.occlusionMap(of: picture, classIndex: classIndex, size: size)
        }
    }
}

import Cognitron
import CognitronData
import CognitronPlots

/// Two networks that end in one space: of pictures, and of attributes. A picture belongs to the class whose
/// attributes have the most similar vector.
struct PictureAttributeModel {
    private let pictures: Model
    private let attributes: Model
    private let both: Model

    private static let size = 32
    private static let dimensions = 32

    init(_ seed: UInt64) throws {
        let picture = Input(Self.size, Self.size, 3)
        let words = Input(ShapeAttributes.attributeNames.count)
        pictures = try Self.pictureTower()
        attributes = try Self.attributeTower()
        both = try Model(
            inputs: [picture, words],
            outputs: ["picture": pictures(picture), "attributes": attributes(words)])
        try both.compile(
            optimizer: Adam(learningRate: 0.002), losses: [:],
            jointLosses: [.contrastivePairs(temperature: 0.1)],
            seed: seed)
    }

    private static func pictureTower() throws -> Model {
        let model = Sequential(name: "pictures")
        model.add(Input(size, size, 3))
        for filters in [16, 32, 64] {
            model.addPooledConvolution(filters)
        }
        model.add(Flatten())
        model.add(Dense(dimensions))
        model.add(UnitNormalization())
        try model.build([size, size, 3])
        return model
    }

    private static func attributeTower() throws -> Model {
        let model = Sequential(name: "attributes") {
            Input(ShapeAttributes.attributeNames.count)
            Dense(dimensions)
            UnitNormalization()
        }
        try model.build([ShapeAttributes.attributeNames.count])
        return model
    }

    /// Trains on batches of 50 different classes, one picture of each.
    func fit(_ classes: [Int], _ settings: ExperimentSettings) throws {
        let drawn = ShapeAttributes(seed: settings.seed, classes: classes, size: Self.size)
        let count = settings.pick(full: 100, small: 20) * classes.count
        let labels = (0..<count).map { classes[$0 % classes.count] }
        let episodes = try EpisodeSource(
            drawn.source(count: count), labels: labels, ways: 50, samplesPerClass: 1)
        let source = episodes.map { batch in
            Batch(inputs: [batch.inputs[0], Self.words(batch.targets[0].scalars.map { Int($0) })])
        }
        let epochs = settings.pick(full: 8, small: 4)
        try both.fit(
            source, batchSize: episodes.batchSize, epochs: epochs, stepsPerEpoch: count / episodes.batchSize,
            verbose: .silent)
    }

    private static func words(_ classes: [Int]) -> Tensor { ShapeAttributes.attributes.batch(classes) }

    /// The classes, out of the candidates, whose attributes are most similar to each picture.
    private func answers(_ x: Tensor, among candidates: [Int]) throws -> [Int] {
        let words = try attributes.predict(Self.words(candidates))
        let similarities = try pictures.predict(x).matmul(words, transposingOther: true)
        return similarities.argmax(axis: 1).scalars.map { candidates[Int($0)] }
    }

    /// The share of new pictures of some classes that are recognised out of the candidates.
    func accuracy(on classes: [Int], among candidates: [Int], count: Int, _ seed: UInt64) throws -> Double {
        let (x, labels) = try Self.testPictures(of: classes, count: count, seed)
        let answers = try answers(x, among: candidates)
        return Double(zip(answers, labels).count { $0 == $1 }) / Double(count)
    }

    private static func testPictures(
        of classes: [Int], count: Int, _ seed: UInt64
    ) throws -> (x: Tensor, labels: [Int]) {
        let drawn = ShapeAttributes(seed: seed, split: .test, classes: classes, size: size)
        guard let batch = try drawn.source(count: count).batch(Array(0..<count), nil) else {
            throw CognitronError(.data, drawn.name, "there are no pictures")
        }
        return (batch.inputs[0], batch.targets[0].scalars.map { Int($0) })
    }

    /// Pictures of some classes with what they are taken for among all.
    func sheet(of classes: [Int], _ seed: UInt64) throws -> Plot {
        let (x, labels) = try Self.testPictures(of: classes, count: 20, seed)
        let names = ShapeAttributes.classNames
        let answers = try answers(x, among: Array(names.indices))
        let cells = labels.indices.map { place in
            PictureSheet.Cell(
                Picture(x[place]),
                caption: answers[place] == labels[place]
                    ? [names[labels[place]]] : [names[labels[place]], "not \(names[answers[place]])"])
        }
        return try PictureSheet(
            "Combinations that were never trained", subtitle: "with what was recognised, out of 240 classes",
            sections: [.init("", cells)], side: 96
        ).plot()
    }
}

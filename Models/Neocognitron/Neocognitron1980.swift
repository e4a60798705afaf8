import Cognitron
import CognitronData

/// The neocognitron as of 1980, which organises itself.
///
/// | layer | cells | sees |
/// |---|---|---|
/// | U0: the picture | 16×16 | |
/// | US1, r = 4 | 16×16×24 | 5×5 |
/// | UC1 | 10×10×24 | 5×5 of its plane |
/// | US2, r = 1.5 | 8×8×24 | 5×5 of all planes |
/// | UC2 | 6×6×24 | 5×5 |
/// | US3, r = 1.5 | 2×2×24 | 5×5 of all |
/// | UC3 | 1×1×24 | 2×2 |
/// | the classes that the cells of UC3 were given afterwards; softmax | classes | |
///
/// C-cells lie on every second S-cell, and beyond the edges, which gives the published sizes.
///
/// - Parameters:
///   - inputShape: height × width × 1; other sizes are resized to 16 × 16.
///   - selectivity: r of the three layers; by default the published one.
///   - labels: the class of each of UC3's 24 cells; −1, the default, for none.
/// - Source: Fukushima, "Neocognitron: A Self-organizing Neural Network Model for a Mechanism of Pattern
///   Recognition Unaffected by Shift in Position" (1980).
public func neocognitron1980(
    inputShape: Shape = [16, 16, 1], classCount: Int = 10, selectivity: (Float, Float, Float) = (4, 1.5, 1.5),
    labels: [Int]? = nil
) throws -> Model {
    try model1980(
        simpleCells1980(selectivity), inputShape, classCount,
        labels ?? Array(repeating: -1, count: planes))
}

/// A neocognitron of 1980 after it has seen pictures, and was told what its last cells answer to.
///
/// Layer after layer, winner-take-all teaches the S-cells with each picture, without classes. Then each cell
/// of UC3 gets the class that most of the pictures have to which it answers most.
///
/// - Parameters:
///   - source: pictures with their class. Of more than 1,000, that many at equal distances are read.
///   - selectivity: r of the three layers. The published one, 4, 1.5, 1.5, is for five clean digits; where
///     many people write them, cells must be more selective for all planes to learn.
///   - presentations: how often a layer sees all pictures.
///   - seed: of the first weights.
///   - report: gets a line for each layer.
/// - Returns: the network, built but not compiled.
public func learnedNeocognitron1980(
    from source: any BatchSource, inputShape: Shape, classCount: Int,
    selectivity: (Float, Float, Float) = (4, 2.5, 4),
    presentations: Int = 1, seed: UInt64 = 1, report: (String) -> Void = { _ in }
) throws -> Model {
    _ = try neocognitron1980(inputShape: inputShape, classCount: classCount)
    let (pictures, classes) = try source.pictures(atMost: 1_000)
    let (simple, complex) = (simpleCells1980(selectivity), complexCells1980())
    let key = RandomKey(seed: seed)
    var answers = Resizing(16, 16).forward(pictures, .inference).output
    for (number, cells) in simple.enumerated() {
        let rule = try WinnerTakeAll(
            cells, channels: answers.shape[3], speed: number == 0 ? 1 : 16,
            columnSize: number == 2 ? 2 : 5, key: key.folding(number))
        for number in 0..<presentations * classes.count {
            let picture = number % classes.count
            rule.present(answers[picture..<picture + 1])
        }
        answers = complex[number].forward(cells.forward(answers, .inference).output, .inference).output
        report("US\(number + 1): \(cells.b.value.scalars.count { $0 > 0 }) of \(planes) planes have learnt")
    }
    let winners = answers.reshaped([classes.count, planes]).argmax(axis: 1).scalars.map { Int($0) }
    return try model1980(simple, inputShape, classCount, majorities(winners, classes, classCount))
}

private let planes = 24

private func simpleCells1980(_ r: (Float, Float, Float)) -> [SCellLayer] {
    [(r.0, 2), (r.1, 1), (r.2, 0)].enumerated().map { number, cell in
        SCellLayer(
            planes, inhibition: .divisive(r: cell.0), sigma: 2, padding: cell.1, name: "US\(number + 1)")
    }
}

private func complexCells1980() -> [CCellLayer] {
    let form = CCellLayer.Form.lateral(alpha: 0.5)
    return [
        CCellLayer(form: form, padding: (3, 4), name: "UC1"),
        CCellLayer(form: form, padding: (3, 4), name: "UC2"),
        CCellLayer(kernelSize: 2, strides: 1, form: form, name: "UC3"),
    ]
}

private func model1980(
    _ simple: [SCellLayer], _ inputShape: Shape, _ classCount: Int, _ labels: [Int]
) throws -> Model {
    let complex = complexCells1980()
    let model = Sequential(name: "neocognitron1980") {
        Input(shape: inputShape)
        Resizing(16, 16, name: "U0")
        for (s, c) in zip(simple, complex) {
            s
            c
        }
        Flatten()
        LabelledCells(labels: labels, classCount: classCount, name: "classes")
        // Answers are small where much differs: what counts is their ratio.
        UnitNormalization()
        Rescaling(10, name: "sharpening")
        Softmax()
    }
    try model.build(inputShape)
    return model
}

/// The class of most pictures that a cell answers to most; −1 where there is none.
private func majorities(_ winners: [Int], _ classes: [Int], _ classCount: Int) -> [Int] {
    var votes = Array(repeating: Array(repeating: 0, count: classCount), count: planes)
    for (cell, label) in zip(winners, classes) { votes[cell][label] += 1 }
    return votes.map { votes in
        votes.indices.max { votes[$0] < votes[$1] }.flatMap { votes[$0] > 0 ? $0 : nil } ?? -1
    }
}

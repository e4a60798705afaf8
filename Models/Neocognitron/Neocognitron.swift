import Cognitron
import CognitronData

/// The neocognitron as of 2013, for small pictures: fixed edges, then features that are found layer by layer.
///
/// | layer | cells | learnt |
/// |---|---|---|
/// | U0: the picture in 24 × 24 | 24×24×1 | |
/// | UG: contrast | 24×24×2 | |
/// | US1: edges of 16 directions, 5×5, θ = 0.5 | 24×24×16 | from drawn edges |
/// | UC1: root of blurred squares, 5×5, every second | 12×12×16 | |
/// | US2: features, 5×5, θ = 0.55 | 12×12×K₂ | add-if-silent, θ = 0.7 |
/// | UC2: 5×5, every second | 6×6×K₂ | |
/// | US3: features, 3×3, θ = 0.6 | 6×6×K₃ | add-if-silent, θ = 0.75 |
/// | UC3: 5×5, every second | 3×3×K₃ | |
/// | US4: interpolating vectors; softmax of 30 times the similarities | classes | by the teacher |
///
/// The numbers of planes and of references are those that learning finds (`learnedNeocognitron`). Before it,
/// all planes but the edges are silent, and the network tells nothing apart.
///
/// - Parameters:
///   - inputShape: height × width × 1.
///   - planes: K₂ and K₃; by default as many as 1,438 digits give.
///   - labels: the class of each reference vector; by default one of each.
/// - Source: Fukushima, "Training multi-layered neural network neocognitron" (2013), where the first layer
///   has 65 × 65 cells. The sizes and widths here are for pictures of 8 to 32 pixels.
public func neocognitron(
    inputShape: Shape = [28, 28, 1], classCount: Int = 10, planes: (Int, Int) = (205, 513),
    labels: [Int]? = nil
) throws -> Model {
    let stages = try NeocognitronStages()
    stages.cells = [
        stages.untaught(.us2, planes: planes.0), stages.untaught(.us3, planes: planes.1),
    ]
    return try stages.model(
        inputShape,
        InterpolatingVectors(
            labels: labels ?? Array(0..<max(0, classCount)), classCount: classCount, name: "US4"))
}

/// A neocognitron that has learnt pictures and their classes.
///
///     let part = try Dataset.digits.part(.train)
///     let model = try learnedNeocognitron(from: part.source, inputShape: [8, 8, 1], classCount: 10)
///
/// No gradients: each layer sees all pictures once, through the layers before it, which have learnt.
///
/// - Parameters:
///   - source: pictures with their class. Of more than 5,000, that many at equal distances are read.
///   - report: gets a line for each layer.
/// - Returns: the network, built but not compiled.
/// - Throws: `CognitronError` where the pictures cannot be read, have several channels, or are empty.
public func learnedNeocognitron(
    from source: any BatchSource, inputShape: Shape, classCount: Int, report: (String) -> Void = { _ in }
) throws -> Model {
    let (pictures, labels) = try source.pictures(atMost: 5_000)
    let stages = try NeocognitronStages()
    // Throws where the network does not take such pictures, before anything is learnt.
    _ = try neocognitron(inputShape: inputShape, classCount: classCount, planes: (1, 1))
    var answers = stages.edges(of: pictures)
    for stage in [NeocognitronStages.Stage.us2, .us3] {
        var planes = stage.rule
        for number in 0..<labels.count { planes.present(answers[number]) }
        let cells = try planes.layer(stage.name, threshold: stage.recognition)
        report("\(stage.name): \(planes.count) cell planes")
        stages.cells.append(cells)
        answers = stage.blurred(answers, cells)
    }
    let vectors = UnitNormalization().forward(
        answers.reshaped([labels.count, answers.count / labels.count]), .inference
    ).output
    var references = LabelledReferences(classCount: classCount)
    let top = try references.learn(vectors, labels)
    report("US4: \(top.labels.count) reference vectors")
    return try stages.model(inputShape, top)
}

extension BatchSource {
    /// Pictures and classes, at equal distances where there are more.
    func pictures(atMost most: Int) throws -> (pictures: Tensor, labels: [Int]) {
        let count = sampleCount ?? 0
        let wanted = min(count, most)
        let samples = (0..<wanted).map { $0 * count / wanted }
        guard let batch = try self.batch(samples, nil), let pictures = batch.inputs.first,
            let labels = batch.targets.first, wanted > 0
        else {
            throw CognitronError(
                .data, "neocognitron", "has nothing to learn from", expected: "pictures with classes")
        }
        return (pictures, labels.scalars.map { Int($0) })
    }
}

import Cognitron
import CognitronData
import CognitronDetection

/// R-CNN that has learnt from pictures with boxes, step by step as its paper does.
///
/// 1. Selective search proposes the regions of each picture.
/// 2. A network learns the class of regions: that of the object they overlap by half and more, else
///    background.
/// 3. On its features, a support vector machine for each class learns true boxes against regions that overlap
///    none of its objects by 0.3, twice: the second time against those that it took for objects.
/// 4. Ridge regressions learn what lies between a region and the object that it overlaps by 0.6 and more.
///
/// - Parameters:
///   - source: pictures with boxes (N, M, 5). Of more than `pictureCount`, at most that many at equal
///     distances are read.
///   - report: gets a line for each step.
/// - Returns: the network, built but not compiled.
/// - Throws: `CognitronError` where the pictures cannot be read, or hold no object.
public func learnedRCNN(
    from source: any BatchSource, channels: Int, classCount: Int, pictureCount: Int = 1_000,
    epochs: Int = 6, seed: UInt64 = 1, report: (String) -> Void = { _ in }
) throws -> Model {
    let samples = try RegionSamples(source, classCount: classCount, pictureCount: pictureCount, seed: seed)
    report("\(samples.proposalCount) regions of \(samples.pictures.count) pictures")
    let features = try trainedFeatures(samples, channels: channels, epochs: epochs, seed: seed, report)
    let model = try rcnn(features: features, classCount: classCount)
    let judged = try samples.judged(by: features)
    try model.setScores(judged, classCount: classCount, seed: seed, report)
    try model.setOffsets(judged, classCount: classCount, report)
    return model
}

/// The network from regions to features, trained to tell classes and background apart.
private func trainedFeatures(
    _ samples: RegionSamples, channels: Int, epochs: Int, seed: UInt64, _ report: (String) -> Void
) throws -> Model {
    let features = try regionFeatures(channels: channels)
    let classifier = Sequential {
        Input(RCNNRegions.size, RCNNRegions.size, channels)
        features
        Dense(samples.classCount + 1, activation: .softmax, name: "classes")
    }
    let (crops, labels) = try samples.chosen(key: RandomKey(seed: seed).folding("regions"))
    let batches = epochs * (labels.count / 64 + 1)
    try classifier.compile(
        optimizer: Adam(learningRate: .cosineDecay(initialLearningRate: 0.002, decaySteps: batches)),
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: seed)
    let history = try classifier.fit(
        crops, Tensor(labels), batchSize: 64, epochs: epochs, verbose: .silent)
    let accuracy = history["accuracy"].last ?? 0
    report("\(labels.count) regions by class: \((100 * accuracy).rounded()) % right in the last epoch")
    return features
}

extension Model {
    private func set(_ layer: String, _ weights: Tensor, _ bias: Tensor) {
        for parameter in parameters where parameter.name.hasPrefix(layer) {
            parameter.value = parameter.name.hasSuffix("kernel") ? weights : bias
        }
    }

    /// The support vector machines, one a class.
    fileprivate func setScores(
        _ regions: [JudgedRegion], classCount: Int, seed: UInt64, _ report: (String) -> Void
    ) throws {
        var (columns, biases) = ([[Float]](), [Float]())
        for label in 0..<classCount {
            let positives = regions.indices.filter { regions[$0].isTruth && regions[$0].label == label }
            let negatives = regions.indices.filter { regions[$0].overlaps[label] < 0.3 }
            let machine = SVMTraining(regions, positives: positives, negatives: negatives, seed: seed).machine
            columns.append(machine.weights)
            biases.append(machine.bias)
        }
        report("\(classCount) support vector machines of \(regions.count) regions")
        let width = columns.first?.count ?? 0
        set(
            "scores",
            Tensor((0..<width).flatMap { k in columns.map { $0[k] } }, shape: [width, classCount]),
            Tensor(biases))
    }

    /// The regressions of boxes, one a class; a class without regions keeps the regions as they are.
    fileprivate func setOffsets(
        _ regions: [JudgedRegion], classCount: Int, _ report: (String) -> Void
    ) throws {
        var (weights, biases, count) = ([Tensor](), [Tensor](), 0)
        for label in 0..<classCount {
            let near = regions.filter { !$0.isTruth && $0.label == label && $0.overlaps[label] >= 0.6 }
            count += near.count
            let width = regions.first?.features.count ?? 0
            guard !near.isEmpty else {
                weights.append(Tensor(repeating: 0, shape: [width, 4]))
                biases.append(Tensor(repeating: 0, shape: [4]))
                continue
            }
            let offsets = near.flatMap { region -> [Float] in
                let offsets = RCNNDetector.coder.encode(region.object, from: region.box)
                return [offsets.x, offsets.y, offsets.z, offsets.w]
            }
            let fit = Tensor(near.flatMap(\.features), shape: [near.count, width])
                .ridgeRegression(Tensor(offsets, shape: [near.count, 4]), penalty: 100)
            weights.append(fit.weights)
            biases.append(fit.bias)
        }
        report("\(classCount) regressions of \(count) regions")
        set("offsets", .concatenated(weights, axis: 1), .concatenated(biases, axis: 0))
    }
}

/// A machine trained twice: on negatives at equal distances, then with those that it took for positives.
private struct SVMTraining {
    let machine: LinearSVM

    /// The negatives of each training, for each positive.
    private static let negativesAPositive = 10

    init(_ regions: [JudgedRegion], positives: [Int], negatives: [Int], seed: UInt64) {
        func trained(_ negatives: [Int]) -> LinearSVM {
            let chosen = positives + negatives
            let width = regions.first?.features.count ?? 0
            return LinearSVM(
                Tensor(chosen.flatMap { regions[$0].features }, shape: [chosen.count, width]),
                isPositive: chosen.indices.map { $0 < positives.count }, c: 0.1, seed: seed)
        }
        let count = max(100, Self.negativesAPositive * positives.count)
        let step = max(1, negatives.count / count)
        let first = stride(from: 0, to: negatives.count, by: step).map { negatives[$0] }
        let early = trained(first)
        let hard = negatives.filter { regions[$0].margin(early) > -1 }.prefix(2 * count)
        machine = trained(Array(Set(first).union(hard)).sorted())
    }
}

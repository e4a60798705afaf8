import Cognitron

/// Some classes of a data set, and a few training samples of each: see `Dataset.selecting`.
struct ClassSelection: Sendable {
    let classNames: [String]
    /// The number in the data set of each class.
    private let numbers: [Int]
    /// Whether all classes are left, in their order.
    private let isWhole: Bool
    private let samplesPerClass: Int?
    private let seed: UInt64

    init(of dataset: Dataset, _ classes: [String]?, samplesPerClass: Int?, seed: UInt64) throws {
        guard case .classification(let names) = dataset.task else {
            throw CognitronError(
                .argument, dataset.name, "has no classes to choose from", expected: "classification",
                got: dataset.task.name)
        }
        if let samplesPerClass, samplesPerClass < 1 {
            throw CognitronError(
                .argument, dataset.name, "invalid samplesPerClass", expected: "at least 1",
                got: "\(samplesPerClass)")
        }
        classNames = classes ?? names
        numbers = try classNames.map { name in
            if let number = names.firstIndex(of: name) { return number }
            throw CognitronError(
                .argument, dataset.name, "has no class \(name)",
                expected: "one of \(names.joined(separator: ", "))", got: name,
                advice: name.nearest(of: names).map { "did you mean \($0)?" })
        }
        guard !classNames.isEmpty, Set(classNames).count == classNames.count else {
            throw CognitronError(
                .argument, dataset.name, "invalid classes", expected: "names, each once",
                got: classNames.isEmpty ? "none" : classNames.joined(separator: ", "))
        }
        isWhole = classNames == names
        (self.samplesPerClass, self.seed) = (samplesPerClass, seed)
    }

    /// The selected samples of a part, in their order, with the new numbers of their classes.
    func part(_ part: DatasetPart, _ split: DatasetSplit) throws -> DatasetPart {
        guard isWhole || part.table == nil else {
            throw CognitronError(
                .argument, part.name, "classes of a table cannot be chosen",
                advice: "leave their rows out of the file")
        }
        let positions = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
        let images = part.labelledImages
        let labels = try (images?.labels.scalars.map { Int($0) } ?? part.source.labels())
            .map { positions[$0] }
        let members = Dictionary(grouping: labels.indices.filter { labels[$0] != nil }) { labels[$0] }
        let samples = numbers.indices.flatMap { label in
            chosen(members[label] ?? [], label, isTraining: split == .train)
        }.sorted()
        if let images {
            return DatasetPart(
                LabelledImages(
                    unchecked: images.images.selecting(samples), Tensor(samples.compactMap { labels[$0] }),
                    classNames, part.name))
        }
        let source = part.source.subset(samples).map { batch, _, _ in
            var batch = batch
            batch.targets[0] = Tensor(
                batch.targets[0].scalars.map { Float(positions[Int($0)] ?? -1) },
                shape: batch.targets[0].shape)
            return batch
        }
        var selected = try DatasetPart(
            name: part.name, task: .classification(classNames: classNames), inputShape: part.inputShape,
            source: source)
        selected.table = part.table
        return selected
    }

    /// The first samples of a class in the order that the seed gives.
    private func chosen(_ members: [Int], _ label: Int, isTraining: Bool) -> [Int] {
        guard isTraining, let samplesPerClass, members.count > samplesPerClass else { return members }
        var random = RandomKey(seed: seed).folding("samples per class").folding(numbers[label]).generator()
        return Array(members.shuffled(using: &random).prefix(samplesPerClass))
    }
}

extension Images {
    /// The images with these numbers, in this order.
    fileprivate func selecting(_ numbers: [Int]) -> Images {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * shape.sample.elementCount)
        for number in numbers { bytes += pixels(at: number) }
        return Images(unchecked: bytes, shape: shape.sample.batched(numbers.count))
    }
}

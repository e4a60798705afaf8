import Cognitron
import CognitronData

extension Plot {
    /// The data's masks and boxes over their pictures; beside them a segmentation model's.
    static func overlay(of request: PlotRequest) throws -> Plot {
        let part = try request.readData()
        let numbers = try request.subjects.map { subject in
            guard let number = subject.number else {
                throw CognitronError(
                    .argument, subject.name, "is no picture of \(part.name), whose masks and boxes are known",
                    expected: "numbers of its pictures")
            }
            return number
        }
        let truths = try part.annotated(numbers, request.limit)
        let input = Tensor.stacked(truths.map(\.picture))
        let predicted = try request.model.predict([input])[0]
        let isMask = predicted.rank == 4 && predicted.shape[1] == input.shape[1]
        let pictures = truths.enumerated().flatMap { row, truth -> [Annotated] in
            guard isMask else { return [truth] }
            var truth = truth
            truth.caption += ": truth"
            let output = predicted[row]
            let mask = predicted.shape[3] == 1 ? output.map { $0 > 0.5 ? 1 : 0 } : output.argmax()
            return [truth, Annotated(truth.picture, mask: mask, caption: "predicted")]
        }
        return try .overlay(
            pictures, of: part, title: "\(part.name) and \(request.name)", columns: isMask ? 4 : nil)
    }

    static func overlay(
        _ pictures: [Annotated], of part: DatasetPart, title: String, columns: Int? = nil
    ) throws -> Plot {
        try .overlay(pictures, classNames: part.task.classNames, title: title, columns: columns)
    }
}

extension DatasetPart {
    /// Pictures with their masks and boxes.
    ///
    /// - Parameters:
    ///   - numbers: of the samples; empty for the first ones.
    ///   - limit: the most of the first ones.
    /// - Throws: `CognitronError` where the samples have no masks or boxes.
    func annotated(_ numbers: [Int], _ limit: Int?) throws -> [Plot.Annotated] {
        let kinds = task.targetKinds
        guard kinds.contains(.mask) || kinds.contains(.boxes) else {
            throw CognitronError(
                .data, name, "has no masks or boxes", expected: "segmentation, detection or instances",
                got: task.name, advice: "name another data set with --dataset")
        }
        let numbers = numbers.isEmpty ? Array(0..<min(limit ?? 6, count)) : numbers
        return try numbers.map { number in
            let subject = try subject(number)
            var picture = Plot.Annotated(subject.picture, caption: subject.name)
            picture.numbersBoxes = task.kind == .instances
            for (kind, target) in zip(kinds, try source.batch([number], nil)?.targets ?? []) {
                if kind == .mask { picture.mask = target[0] }
                if kind == .boxes { picture.boxes = BoxRow.rows(of: target[0]).filter(\.isCounted) }
            }
            return picture
        }
    }
}

import Cognitron
import CognitronData
import CognitronDetection
import CognitronImages
import CognitronPrediction
import Foundation
import HTTPTypes
import NIOCore

/// Writes what a model answered: classes, numbers, objects, masks, pictures or texts, as its task says.
struct PredictReply {
    /// The most classes that can be asked for.
    static let mostClasses = 1_000_000

    let model: ServedModel
    /// How many classes are named.
    var top = 5
    /// The least score of objects.
    var threshold: Float = 0.5
    /// The size of the picture that was sent, for boxes in its pixels.
    var pictureShape: Shape?

    /// `{"model": …, "version": …, "predictions": [{…}, …]}`
    func json(_ answers: [Answer]) throws -> ByteBuffer {
        // Pictures are encoded before, where that can throw.
        let pictures = try answers.map { try self.pictures(in: $0) }
        var json = JSONWriter()
        json.object { json in
            json.member("model", model.name)
            json.member("version", model.version)
            json.name("predictions")
            json.list(zip(answers, pictures).flatMap { rows($0, $1) }) { json, row in row.write(self, &json) }
        }
        return json.buffer
    }

    /// The answer as a PNG file, where it is one picture; nil where it is none.
    func png(_ answers: [Answer]) throws -> [UInt8]? {
        guard answers.count == 1 else { return nil }
        let pictures = try pictures(in: answers[0])
        return pictures.count == 1 ? pictures[0] : nil
    }

    // MARK: - Rows

    /// The answer for one sample.
    private enum Row {
        case numbers([Float])
        case tensor(Tensor)
        /// Of several outputs.
        case tensors([Tensor])
        case objects([Detection])
        case mask(Picture, png: [UInt8])
        case picture(Shape, png: [UInt8])
        case text(String)

        func write(_ reply: PredictReply, _ json: inout JSONWriter) {
            switch self {
            case .numbers(let numbers): reply.write(numbers, &json)
            case .tensor(let tensor): reply.write(tensor, &json)
            case .tensors(let tensors): reply.write(tensors, &json)
            case .objects(let objects): reply.write(objects, &json)
            case .mask(let mask, let png): reply.write(mask, png, &json)
            case .picture(let shape, let png): reply.write(shape, png, &json)
            case .text(let text): json.object { $0.member("text", text) }
            }
        }
    }

    private func rows(_ answer: Answer, _ pictures: [[UInt8]]) -> [Row] {
        switch answer {
        case .objects(let objects): return objects.map { .objects($0) }
        case .text(let text): return [.text(text)]
        case .mask(let mask): return [.mask(mask, png: pictures[0])]
        case .tensors(let outputs):
            guard let output = outputs.first else { return [] }
            guard outputs.count == 1 else {
                return (0..<output.shape[0]).map { row in .tensors(outputs.map { $0[row] }) }
            }
            return (0..<output.shape[0]).map { row in
                let own = output[row]
                switch model.file.answers.kind {
                case .classification, .regression: return .numbers(own.scalars)
                case .segmentation where own.rank == 3: return .mask(own.mask, png: pictures[row])
                case .pictures where own.isPicture: return .picture(own.shape, png: pictures[row])
                default: return .tensor(own)
                }
            }
        }
    }

    /// The PNG files of an answer's samples; none of other answers.
    private func pictures(in answer: Answer) throws -> [[UInt8]] {
        switch answer {
        case .mask(let mask): return [try PictureFile.encodeMask(mask)]
        case .tensors(let outputs) where outputs.count == 1:
            switch model.file.answers.kind {
            case .segmentation where outputs[0].rank == 4:
                return try outputs[0].unstacked().map { try PictureFile.encodeMask($0.mask) }
            case .pictures where outputs[0].rank == 4 && outputs[0][0].isPicture:
                return try outputs[0].unstacked().map { try PictureFile.encode(Picture($0), as: .png) }
            default: return []
            }
        case .tensors, .objects, .text: return []
        }
    }

    // MARK: - Forms

    private func write(_ numbers: [Float], _ json: inout JSONWriter) {
        switch model.file.answers {
        case .classification(let names): write(numbers, names, &json)
        case .regression(let names):
            json.object { json in
                json.name("values")
                json.object { json in
                    for (name, number) in zip(names, numbers) { json.member(name, number) }
                }
            }
        default: json.list(numbers) { $0.number($1) }
        }
    }

    private func write(_ numbers: [Float], _ names: [String], _ json: inout JSONWriter) {
        let shown = min(top, numbers.count, names.count)
        let ranked = numbers.indices.sorted { numbers[$0] > numbers[$1] }.prefix(shown)
        json.object { json in
            guard let best = ranked.first else { return }
            json.member("class", names[best])
            json.member("probability", numbers[best])
            json.member("classes", ranked) { json, place in
                json.object { json in
                    json.member("class", names[place])
                    json.member("probability", numbers[place])
                }
            }
        }
    }

    private func write(_ tensor: Tensor, _ json: inout JSONWriter) {
        json.object { json in
            if case .tagging(let names) = model.file.answers {
                let tags = tensor.classes.map { names.indices.contains($0) ? names[$0] : "\($0)" }
                json.member("tags", tags) { $0.text($1) }
            } else {
                json.member("shape", tensor.shape) { $0.integer($1) }
                json.member("output", tensor.scalars) { $0.number($1) }
            }
        }
    }

    private func write(_ tensors: [Tensor], _ json: inout JSONWriter) {
        json.object { json in
            json.name("outputs")
            json.object { json in
                for (name, tensor) in zip(model.file.answering.outputNames, tensors) {
                    json.name(name)
                    write(tensor, &json)
                }
            }
        }
    }

    private func write(_ objects: [Detection], _ json: inout JSONWriter) {
        json.object { json in
            json.member("objects", objects.filter { $0.score >= threshold }) { json, object in
                write(object, &json)
            }
        }
    }

    private func write(_ object: Detection, _ json: inout JSONWriter) {
        var object = object
        if let pictureShape, case .objects(let detector) = model.kind {
            object = detector.brought(object, backTo: pictureShape)
        }
        let names = model.file.task.classNames
        json.object { json in
            json.member(
                "class", names.indices.contains(object.label) ? names[object.label] : "class \(object.label)")
            json.member("score", object.score)
            json.name("box")
            json.object { json in
                json.member("left", object.box.left)
                json.member("top", object.box.top)
                json.member("right", object.box.right)
                json.member("bottom", object.box.bottom)
            }
            guard let runs = object.mask.map({ MaskRuns($0) }) else { return }
            json.name("segmentation")
            json.object { json in
                json.member("size", [runs.height, runs.width]) { $0.integer($1) }
                json.member("counts", runs.text)
            }
        }
    }

    private func write(_ mask: Picture, _ png: [UInt8], _ json: inout JSONWriter) {
        json.object { json in
            json.member("height", mask.height)
            json.member("width", mask.width)
            json.name("classes")
            json.object { json in
                for (name, share) in mask.shares(model.file.task.classNames) { json.member(name, share) }
            }
            json.member("mask", Data(png).base64EncodedString())
        }
    }

    private func write(_ shape: Shape, _ png: [UInt8], _ json: inout JSONWriter) {
        json.object { json in
            json.member("height", shape[0])
            json.member("width", shape[1])
            json.member("picture", Data(png).base64EncodedString())
        }
    }
}

extension Tensor {
    /// Whether it is one picture (H, W, C).
    fileprivate var isPicture: Bool { rank == 3 && PictureChannels(count: shape[2]) != nil }
}

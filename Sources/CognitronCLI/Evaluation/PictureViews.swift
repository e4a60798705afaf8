import ArgumentParser
import Cognitron
import CognitronData

/// How many views of each picture are predicted and averaged.
enum PictureViews: Int, CaseIterable, Codable, CustomStringConvertible, ExpressibleByArgument {
    /// The picture itself.
    case one = 1
    /// Also mirrored.
    case two = 2
    /// Each of these also shifted by a pixel up and left, and down and right, with half the weight.
    case six = 6

    /// As on the command line.
    var description: String { "\(rawValue)" }

    /// Throws unless the views are one, or those of pictures with classes.
    func require(fit part: DatasetPart) throws {
        guard self != .one, part.inputShape.rank != 3 || part.task.kind != .classification else { return }
        throw CognitronError(
            .argument, "--views", "\(part.name) has no pictures with classes", expected: "1", got: "\(self)")
    }

    /// The model's outputs, averaged over the views of its first input.
    func predict(_ model: Model, _ inputs: [Tensor]) throws -> [Tensor] {
        guard self != .one else { return try model.predict(inputs) }
        let views = inputs[0].testTimeViews(isShifted: self == .six)
        let outputs = try views.map { view in
            try model.predict([view.images] + inputs.dropFirst()).map { $0 * view.share }
        }
        return outputs.dropFirst().reduce(outputs[0]) { sums, view in zip(sums, view).map { $0 + $1 } }
    }
}

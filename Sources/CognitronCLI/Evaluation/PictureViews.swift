import ArgumentParser
import Cognitron
import CognitronData

/// How many views of each picture are predicted and averaged.
enum PictureViews: Int, CaseIterable, ExpressibleByArgument {
    /// The picture itself.
    case one = 1
    /// Also mirrored.
    case two = 2
    /// Each of these also shifted by a pixel up and left, and down and right, with half the weight.
    case six = 6

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

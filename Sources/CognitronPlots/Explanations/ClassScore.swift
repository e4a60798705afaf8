import Cognitron

/// Which score of a model an explanation is about, and its gradients.
///
/// The score of a class is the model's output for it before a softmax or sigmoid; summed over all places
/// where an output has several, such as a segmentation's pixels.
struct ClassScore {
    let model: Model
    /// The picture as a batch of one, (1, H, W, C).
    let input: Tensor
    /// The class, of the last axis of the output.
    let classIndex: Int

    /// - Parameters:
    ///   - picture: (H, W, C).
    ///   - classIndex: nil for the class that the model predicts.
    /// - Throws: `CognitronError` where the model does not take one picture or has no such class.
    init(_ model: Model, _ picture: Tensor, _ classIndex: Int?) throws {
        let shape = picture.shape
        guard shape.rank == 3 else {
            throw CognitronError(
                .shape, "the picture", "is none", expected: "height × width × channels", got: "\(shape)")
        }
        (self.model, input) = (model, picture.expandingDimensions(at: 0))
        let output = try model.predict(input)
        guard let count = output.shape.last, output.rank > 1 else {
            throw CognitronError(
                .shape, model.name ?? "the model", "has no output of classes", got: "shape \(output.shape)")
        }
        if let classIndex {
            guard (0..<count).contains(classIndex) else {
                throw CognitronError(
                    .argument, "class", "there is none of that number", expected: "0 to \(count - 1)",
                    got: "\(classIndex)")
            }
            self.classIndex = classIndex
        } else {
            let sums = output.reshaped([-1, count]).sum(axis: 0)
            self.classIndex = Int(sums.argmax().scalar)
        }
    }

    /// The gradients of the score with respect to the inputs of a model that ends in the same output.
    func gradients(of model: Model, _ inputs: [Tensor]) throws -> [Tensor] {
        let (outputs, pullback) = try model.forwardScores(inputs)
        let shape = outputs[0].shape
        let one = Tensor([Float(classIndex)]).oneHot(classCount: shape.last ?? 1).reshaped([shape.last ?? 1])
        return pullback([Tensor.zeros(shape) + one])
    }
}

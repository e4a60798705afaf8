import Cognitron

extension Model {
    /// How much each pixel of a picture changes the score of a class.
    ///
    ///     map[y, x] = max over channels c of |∂ score / ∂ picture[y, x, c]|
    ///
    /// - Parameters:
    ///   - picture: (H, W, C), as the model takes it.
    ///   - classIndex: by default the class that the model predicts.
    /// - Returns: (H, W).
    /// - Throws: `CognitronError` where the model does not take the picture or has no such class.
    /// - Source: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks" (2013).
    public func saliency(of picture: Tensor, classIndex: Int? = nil) throws -> Tensor {
        let score = try ClassScore(self, picture, classIndex)
        let gradient = try score.gradients(of: self, [score.input])[0][0]
        return gradient.map { abs($0) }.max(axis: -1)
    }
}

// How layers use drawings.

extension ImageDrawing {
    static func sampling(_ fillMode: FillMode, _ fillValue: Float, _ interpolation: Interpolation)
        -> PixelSampling
    {
        PixelSampling(fillMode, fillValue: fillValue, isNearest: interpolation == .nearest)
    }

    /// Each image of a batch changed while training, and the pullback, which draws the same changes again.
    ///
    /// - Parameters:
    ///   - nextKey: the key of this pass, read only where something is drawn.
    ///   - always: whether images are changed in inference too.
    func applied(
        to input: consuming Tensor, _ pass: Pass, _ nextKey: @autoclosure () -> RandomKey,
        always: Bool = false
    ) -> (output: Tensor, pullback: Pullback) {
        guard pass.isTraining || always else { return (input, { $0 }) }
        let key = nextKey()
        guard pass.needsPullback && pass.needsInputGradient else {
            return (input.changingImages(key, draw), { $0 })
        }
        let x = input
        return (x.changingImages(key, draw), { [draw] in $0.imageChangesGradient(x, key, draw) })
    }
}

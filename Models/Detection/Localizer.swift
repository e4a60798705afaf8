import Cognitron

/// A network for the class and the box of one object, the largest of the picture.
///
/// | layer | output |
/// |---|---|
/// | the stages of `DetectionStages` | 8×8×128 |
/// | conv 128 @ 3×3, stride 2, batch norm, ReLU | 4×4×128 |
/// | dense 128, ReLU | 128 |
/// | dense, linear: left, top, right, bottom as shares of the picture; a logit for each class | 4 + classes |
///
/// - Parameter base: the filters of the first convolution.
/// - Throws: `CognitronError` where the pictures' sides are no multiples of 32.
/// - Source: Sermanet et al., "OverFeat: Integrated Recognition, Localization and Detection using
///   Convolutional Networks" (2014).
public func localizer(
    inputShape: Shape = [128, 128, 3], classCount: Int = 10, base: Int = 16
) throws -> Model {
    try requirePictures(inputShape, multipleOf: 32, classCount: classCount, "localizer")
    let input = Input(shape: inputShape)
    let maps = detectionBlock(
        8 * base, strides: 2, name: "last", DetectionStages(input, base: base).coarse)
    let features = Dense(8 * base, activation: .relu, name: "dense")(Flatten()(maps))
    return try Model(
        inputs: input, outputs: Dense(4 + classCount, name: "object")(features), name: "localizer")
}

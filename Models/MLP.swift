import Cognitron
import CognitronData

/// A multilayer perceptron, for tables: dense layers with ReLU between normalised numbers.
///
/// | layer | output |
/// |---|---|
/// | normalisation of each column; flattened where samples are no rows | columns |
/// | dense units, ReLU; once for each of `units` | units |
/// | classification: dense classes, softmax | classes |
/// | regression: dense targets, back to the targets' own mean and variance | targets |
///
/// `Model.adaptNormalization` shows it the training data; until then, normalisation changes nothing.
///
/// - Parameters:
///   - inputShape: the columns of a table `[C]`, or any other shape.
///   - units: those of each hidden layer.
/// - Throws: `CognitronError` where the task is neither classification nor regression.
public func mlp(inputShape: Shape, units: [Int] = [64, 64], task: DataTask) throws -> Sequential {
    let model = Sequential(name: "mlp")
    model.add(Input(shape: inputShape))
    model.add(inputShape.rank == 1 ? Normalization() : Flatten())
    for count in units { model.add(Dense(count, activation: .relu)) }
    switch task {
    case .classification(let classNames): model.add(Dense(classNames.count, activation: .softmax))
    case .regression(let targetNames):
        model.add(Dense(targetNames.count))
        model.add(Normalization(invert: true))
    default:
        throw CognitronError(
            .argument, "mlp", "is no network for \(task.name)",
            expected: "classification or regression")
    }
    try model.build(inputShape)
    return model
}

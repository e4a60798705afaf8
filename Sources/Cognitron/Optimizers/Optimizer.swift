import CognitronKernels

/// A rule that moves parameters against their gradients.
///
///     let (output, pullback) = model.forward(x, .training)
///     let (loss, gradient) = lossFunction(output, y)
///     pullback(gradient)
///     optimizer.step(model.parameters)
///
/// An optimizer keeps what it needs to remember of each parameter (its slots) from step to step.
public protocol Optimizer: AnyObject {
    /// The step size; may be changed between steps.
    var learningRate: Float { get set }

    /// Moves every trainable parameter that has gathered a gradient, and forgets the gradients: the next pullback
    /// starts from zero.
    func step(_ parameters: [Parameter])

    /// Throws a `CognitronError` where an argument is outside what it may be. Called by `compile`.
    func validate() throws
}

/// The arrays an optimizer keeps beside each parameter: zeros at first, of the parameter's shape.
struct Slots {
    /// The parameter is kept beside its arrays: the identifier of one that is gone may come again.
    private var arrays: [ObjectIdentifier: (parameter: Parameter, buffers: [Buffer])] = [:]

    /// The `count` arrays that belong to `parameter`.
    mutating func of(_ parameter: Parameter, _ count: Int) -> [Buffer] {
        let key = ObjectIdentifier(parameter)
        if let found = arrays[key] { return found.buffers }
        let made = (0..<count).map { _ in
            let buffer = Buffer(parameter.shape.elementCount)
            buffer.pointer.update(repeating: 0, count: buffer.count)
            return buffer
        }
        arrays[key] = (parameter, made)
        return made
    }
}

/// Throws unless `value` is finite and within `range`.
func requireHyperparameter(
    _ optimizer: String, _ name: String, _ value: Float, in range: Range<Float>
) throws {
    guard !range.contains(value) else { return }
    let expected =
        range.upperBound == .infinity
        ? "a finite number of at least \(range.lowerBound)"
        : "a number from \(range.lowerBound) to below \(range.upperBound)"
    throw CognitronError(.argument, optimizer, "invalid \(name)", expected: expected, got: value.text)
}

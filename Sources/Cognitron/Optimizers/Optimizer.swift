/// Updates parameters from their gradients.
///
///     let (output, pullback) = model.forward(x, .training)
///     let (loss, gradient) = lossFunction(output, y)
///     pullback(gradient)
///     optimizer.step(model.parameters)
///
/// An optimizer that updates each parameter by itself conforms to `SlotOptimizer`, which needs the formula
/// only.
public protocol Optimizer: AnyObject, Stateful {
    /// The learning rate of the next step; may be changed between steps. Setting it replaces a schedule
    /// (Keras refuses that).
    var learningRate: Float { get set }

    /// Steps taken so far, the argument of a schedule. 0, the default, for an optimizer that does not count.
    var iterations: Int { get }

    /// Updates every trainable parameter that has a gradient, and clears the gradients.
    func step(_ parameters: [Parameter])

    /// Throws a `CognitronError` if an argument is out of range. Called by `compile`.
    func validate() throws

    /// Sets the weights to their final values, such as the moving averages of `useEma`. Called at the end of
    /// `fit`, unless it was stopped within an epoch. Does nothing by default.
    func finalizeVariableValues(_ parameters: [Parameter])

    /// Restores a saved state after checking that it fits these parameters, which are identified by path,
    /// `encoder/dense/kernel`.
    ///
    /// - Throws: `CognitronError` if the state is damaged, another optimizer's, or has another shape for a
    ///   parameter; the optimizer then is unchanged.
    func restore(_ state: StateTree, for parameters: [Parameter]) throws
}

// Defaults for optimizers whose only state is the learning rate.
extension Optimizer {
    public var iterations: Int { 0 }

    public func finalizeVariableValues(_ parameters: [Parameter]) {}

    public func saveState() -> StateTree { ["learningRate": StateTree(learningRate)] }

    public func restore(_ state: StateTree) throws { learningRate = try state.get("learningRate") }

    public func restore(_ state: StateTree, for parameters: [Parameter]) throws { try restore(state) }
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

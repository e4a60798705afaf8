/// A rule that moves parameters against their gradients.
///
///     let (output, pullback) = model.forward(x, .training)
///     let (loss, gradient) = lossFunction(output, y)
///     pullback(gradient)
///     optimizer.step(model.parameters)
///
/// Most rules move each parameter by itself: conform to `SlotOptimizer`, which needs the formula only.
public protocol Optimizer: AnyObject, Stateful {
    /// The size of the next step; may be changed between steps. Where a schedule is in use, setting the rate
    /// replaces the schedule (Keras refuses that).
    var learningRate: Float { get set }

    /// The steps taken so far, from which a schedule tells the rate. 0, the default, for an optimizer that
    /// does not count.
    var iterations: Int { get }

    /// Moves every trainable parameter that has gathered a gradient, and forgets the gradients: the next
    /// pullback starts from zero.
    func step(_ parameters: [Parameter])

    /// Throws a `CognitronError` where an argument is outside what it may be. Called by `compile`.
    func validate() throws

    /// Takes over a saved state, checking that it fits these parameters. They are found by their paths,
    /// `encoder/dense/kernel`.
    ///
    /// - Throws: `CognitronError` where the state is another optimizer's or damaged, or a parameter has
    ///   another shape in it; the optimizer then is as it was.
    func restore(_ state: StateTree, for parameters: [Parameter]) throws
}

/// Optimizers that remember nothing but their learning rate need not write these.
extension Optimizer {
    public var iterations: Int { 0 }

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

import Cognitron

/// What the framework expects of every layer, one promise a case.
public enum ConformanceCheck: String, CaseIterable, Sendable {
    /// The outputs of `forward` have the shapes that `build` says, for any number of samples; the pullback
    /// returns a gradient of each input's shape.
    case shapes
    /// The gradients of inputs and parameters equal finite differences of the outputs, in training and in
    /// inference.
    case gradients
    /// The layer changes no tensor that others hold, and gives the same bits where it may work in place.
    case sharedTensors
    /// The pullback uses the parameters as they were in the forward pass.
    case laterPullback
    /// A mask in which all steps count changes nothing, and the masks of the outputs fit the outputs.
    case masks
    /// Used twice in a model, the layer has one set of parameters, whose gradient is the sum over both uses.
    case sharing
    /// Frozen, the parameters gather no gradient, and the gradients of the inputs stay as they are.
    case freezing
    /// `predict` gives what inference gives.
    case prediction
    /// A model with the layer is the same again after saving and loading.
    case saving
    /// Outputs and gradients have the same bits with one, two and three threads.
    case threads
    /// Several threads may predict with one layer at a time.
    case concurrency
    /// From its second step on, training takes no memory from the system.
    case allocation
}

/// What a layer does not keep of what the framework expects.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// A broken promise and what was seen of it.
    public struct Finding: Sendable {
        public let check: ConformanceCheck
        public let problem: String
    }

    /// The name of the layer's type.
    public let layer: String
    public let findings: [Finding]

    public var description: String {
        "\(layer) does not conform:\n"
            + findings.map { "- \($0.check.rawValue): \($0.problem)" }.joined(separator: "\n")
    }
}

/// Checks that a layer keeps what the framework expects of every layer: see `ConformanceCheck`.
///
///     @Test func conformance() throws {
///         try expectConformance(Scale(), inputs: [.randomNormal([4, 3], seed: 1)])
///     }
///
/// - Parameters:
///   - makeLayer: a new layer, made several times.
///   - inputs: one tensor `(N, …)` an input, with at least two samples. Near a kink of the layer's function
///     (two equal values under a maximum) finite differences are wrong: choose numbers that stay `2 · step`
///     away.
///   - excluded: what is not checked, because the layer cannot keep it.
///   - inputsHaveGradients: false for whole numbers such as tokens, of which there is no gradient.
///   - step: the step of the finite differences.
///   - tolerance: the error of a gradient that is allowed, as a share of the largest of 1 and the gradient.
/// - Throws: `ConformanceFailure` with every promise that is broken, `CognitronError` where no model can be
///   built with the layer.
public func expectConformance(
    _ makeLayer: @autoclosure () throws -> any AnyLayer, inputs: [Tensor],
    excluding excluded: Set<ConformanceCheck> = [], inputsHaveGradients: Bool = true, step: Float = 0.01,
    tolerance: Float = 5e-3
) throws {
    try withoutActuallyEscaping(makeLayer) { makeLayer in
        let subject = Subject(
            make: makeLayer, inputs: inputs, inputsHaveGradients: inputsHaveGradients, step: step,
            tolerance: tolerance)
        var findings: [ConformanceFailure.Finding] = []
        for check in ConformanceCheck.allCases where !excluded.contains(check) {
            findings += try subject.problems(check).map { .init(check: check, problem: $0) }
        }
        guard !findings.isEmpty else { return }
        throw ConformanceFailure(layer: "\(type(of: try makeLayer()))", findings: findings)
    }
}

extension Subject {
    fileprivate func problems(_ check: ConformanceCheck) throws -> [String] {
        switch check {
        case .shapes: try checkShapes()
        case .gradients: try checkGradients()
        case .sharedTensors: try checkSharedTensors()
        case .laterPullback: try checkLaterPullback()
        case .masks: try checkMasks()
        case .sharing: try checkSharing()
        case .freezing: try checkFreezing()
        case .prediction: try checkPrediction()
        case .saving: try checkSaving()
        case .threads: try checkThreads()
        case .concurrency: try checkConcurrency()
        case .allocation: try checkAllocation()
        }
    }
}

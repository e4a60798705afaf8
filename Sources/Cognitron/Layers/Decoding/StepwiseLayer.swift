/// A layer that gives the same outputs whether a sequence comes as a whole or step by step: at each step they
/// depend on that step alone, or on the steps before it, of which the layer keeps what it needs.
///
/// A `Decoding` refuses other layers. For a layer of your own whose outputs at a step depend on that step
/// alone, the conformance is all:
///
///     extension MyLayer: StepwiseLayer {}
public protocol StepwiseLayer: AnyLayer {
    /// Why the layer cannot run on these inputs step by step; nil, the default, if it can.
    func stepwiseProblem(_ inputs: [StepwiseInput]) -> String?

    /// The largest number of steps; nil, the default, without a limit.
    var stepLimit: Int? { get }
}

/// What a layer reads in a `Decoding`.
public struct StepwiseInput: Sendable {
    /// Whether it comes step by step. Other inputs are the same in all steps.
    public let isStepped: Bool
    /// The shape of one sample.
    public let shape: Shape
}

extension StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { nil }
    public var stepLimit: Int? { nil }
}

extension [StepwiseInput] {
    /// Whether the first comes step by step and all others are given at once.
    var isFirstAlone: Bool { first?.isStepped == true && dropFirst().allSatisfy { !$0.isStepped } }

    /// Whether all inputs that come step by step have as many axes as the largest, and given ones no axis of
    /// steps but of size 1: what broadcasts along the steps and not against them.
    var broadcastsAlongSteps: Bool {
        let rank = reduce(0) { Swift.max($0, $1.shape.rank) }
        return allSatisfy {
            $0.isStepped ? $0.shape.rank == rank : rank < 2 || $0.shape.rank < rank || $0.shape[0] == 1
        }
    }

    /// Why a function along these axes of a batch does not run step by step: one of them is that of the
    /// steps.
    func problem(along axes: [Int]) -> String? {
        let isLast = allSatisfy { input in
            axes.allSatisfy { input.shape.sampleAxis($0) == input.shape.rank - 1 }
        }
        return isLast ? nil : "it works along another axis than the last"
    }
}

// MARK: - Layers of one step alone

extension Activation: StepwiseLayer {}
extension ActivityRegularization: StepwiseLayer {}
extension AlphaDropout: StepwiseLayer {}
extension Dense: StepwiseLayer {}
extension Dropout: StepwiseLayer {}
extension ELU: StepwiseLayer {}
extension Embedding: StepwiseLayer {}
extension GaussianDropout: StepwiseLayer {}
extension GaussianNoise: StepwiseLayer {}
extension Identity: StepwiseLayer {}
extension Input: StepwiseLayer {}
extension LeakyReLU: StepwiseLayer {}
extension Masking: StepwiseLayer {}
extension ReLU: StepwiseLayer {}
extension Rescaling: StepwiseLayer {}
extension ReversedEmbedding: StepwiseLayer {}
extension ReversibleEmbedding: StepwiseLayer {}
extension Softmax: StepwiseLayer {}
extension SpatialDropout1D: StepwiseLayer {}
extension TimeDistributed: StepwiseLayer {}

extension ActivatedLayer where Self: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        (activation.rule as? any AxisActivationRule).flatMap { inputs.problem(along: [$0.axis]) }
    }
}

extension LayerNormalization: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { inputs.problem(along: axis) }
}

extension RMSNormalization: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { inputs.problem(along: axis) }
}

extension UnitNormalization: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { inputs.problem(along: axis) }
}

extension BatchNormalization: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { inputs.problem(along: [axis]) }
}

// MARK: - Layers of several inputs

extension BroadcastingLayer where Self: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        inputs.broadcastsAlongSteps ? nil : "its inputs differ in their steps"
    }
}

extension Add: StepwiseLayer {}
extension Average: StepwiseLayer {}
extension Maximum: StepwiseLayer {}
extension Minimum: StepwiseLayer {}
extension Multiply: StepwiseLayer {}
extension Subtract: StepwiseLayer {}

extension Concatenate: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        if let problem = inputs.problem(along: [axis]) { return problem }
        let hasSteps = inputs.contains { $0.shape.rank > 1 }
        return hasSteps && inputs.contains { !$0.isStepped } ? "one of its inputs has steps of its own" : nil
    }
}

// MARK: - Layers that count or remember steps

extension PositionEmbedding: StepwiseLayer {
    public var stepLimit: Int? { sequenceLength - startIndex }

    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { inputs.axisProblem(1) }
}

extension SinePositionEncoding: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { inputs.axisProblem(1) }
}

extension RotaryEmbedding: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        inputs[0].shape.sampleAxis(sequenceAxis) == 0 ? nil : "it counts along another axis than the first"
    }
}

extension [StepwiseInput] {
    /// Why a layer that counts along the axis before the channels does not count steps.
    fileprivate func axisProblem(_ channels: Int) -> String? {
        self[0].shape.rank == channels + 1 ? nil : "it counts along another axis than the first"
    }
}

extension RecurrentLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        if options.goBackwards { return "it starts with the last step" }
        return inputs.isFirstAlone ? nil : "its initial states come from other steps"
    }
}

extension MultiHeadAttention: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { heads.stepwiseProblem(inputs) }
}

extension GroupQueryAttention: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? { heads.stepwiseProblem(inputs) }
}

extension ScoredAttention {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        !useCausalMask && inputs.isFirstAlone
            ? nil : "it keeps no keys: MultiHeadAttention(useCausalMask: true) does"
    }
}

extension TransformerDecoder: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        guard useCausalMask else { return "its steps attend to later ones" }
        return inputs.isFirstAlone ? nil : "its second input comes step by step"
    }
}

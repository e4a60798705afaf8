import Cognitron

// Members of the package's open sets, each with a name after a dot.

/// `size` and −`size` in turn.
struct Alternating: InitializerRule {
    var size: Float

    func make(_ shape: Shape, key: RandomKey) -> Tensor {
        Tensor((0..<shape.elementCount).map { $0 % 2 == 0 ? size : -size }, shape: shape)
    }
}

extension Initializer {
    static func alternating(_ size: Float) -> Initializer { Initializer(Alternating(size: size)) }
}

/// rate · Σ w⁴
struct Quartic: RegularizerRule {
    var rate: Float

    func penalty(of value: Tensor) -> Float { rate * value.squared.squared.sum() }

    func gradient(at value: Tensor) -> Tensor { value * value.squared * (4 * rate) }
}

extension Regularizer {
    static func quartic(_ rate: Float) -> Regularizer { Regularizer(Quartic(rate: rate)) }
}

/// −limit … limit
struct Box: ConstraintRule {
    var limit: Float

    var problem: RuleProblem? { limit > 0 ? nil : ("a limit above 0", "\(limit)") }

    func apply(to value: consuming Tensor) -> Tensor { value.clamped(to: -limit...limit) }
}

extension Constraint {
    static func box(_ limit: Float) -> Constraint { Constraint(Box(limit: limit)) }
}

/// Half the rate after every `steps` steps.
struct Halving: LearningRateSchedule {
    var initial: Float
    var steps: Int

    func callAsFunction(_ step: Int) -> Float { initial / Float(1 << min(20, step / steps)) }
}

extension LearningRate {
    static func halving(_ initial: Float, every steps: Int) -> LearningRate {
        LearningRate(Halving(initial: initial, steps: steps))
    }
}

/// (x + √(x² + 4)) / 2
struct Squareplus: ActivationRule {
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let root = (x.squared + 4).squareRoot
        return ((x + root) * 0.5, { dy in dy * (x / root + 1) * 0.5 })
    }
}

extension ActivationFunction {
    static let squareplus = ActivationFunction(Squareplus())
}

/// Lets files name what this module has.
func registerStrangers() {
    LayerRegistry.register(TwoHeads.self)
    LayerRegistry.register(SkipZeros.self)
    LayerRegistry.register(MeanOfSteps.self)
    LayerRegistry.register(Quiet.self)
    Initializer.register(Alternating.self)
    Regularizer.register(Quartic.self)
    Constraint.register(Box.self)
    LearningRate.register(Halving.self)
    ActivationFunction.register(Squareplus.self)
}

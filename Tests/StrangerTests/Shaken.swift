import Cognitron

/// Adds normal noise to the gradients, less from step to step.
struct Shaken: GradientTransform {
    let size: Float
    private var key: RandomKey
    private var steps = 0

    init(_ size: Float, seed: UInt64) {
        self.size = size
        key = RandomKey(seed: seed)
    }

    mutating func apply(to parameters: [Parameter]) throws -> Bool {
        steps += 1
        for (index, parameter) in parameters.enumerated() where parameter.hasGradient {
            let noise = Tensor.randomNormal(
                parameter.shape, standardDeviation: size / Float(steps),
                key: key.folding(steps).folding(index))
            parameter.gradient = parameter.gradient + noise
        }
        return true
    }

    var state: StateTree { ["key": StateTree(key), "steps": StateTree(steps)] }

    mutating func restore(_ state: StateTree) throws {
        (key, steps) = (try state.get("key"), try state.get("steps"))
    }
}

extension GradientTransform where Self == Shaken {
    static func shaken(_ size: Float, seed: UInt64) -> Shaken { Shaken(size, seed: seed) }
}

import Cognitron

/// A class of optimizers of Keras, and ours of the same name.
struct KerasOptimizer: Sendable {
    let name: String
    /// The arguments of an optimizer of ours; nil of one of another class.
    let arguments: @Sendable (_ optimizer: any Optimizer) -> [JSONValue.Member]?
    let make: @Sendable (_ config: Config) -> any SlotOptimizer
    /// The arrays beside each parameter in Keras's order: those of a group lie parameter by parameter, the
    /// groups one after the other.
    let slots: @Sendable (_ config: Config, _ shape: Shape) -> [[Slot]]

    struct Slot {
        /// Our name; nil for an array that we do not have.
        let name: String?
        let shape: Shape
        var initial: Float = 0

        init(_ name: String?, _ shape: Shape, initial: Float = 0) {
            (self.name, self.shape, self.initial) = (name, shape, initial)
        }
    }

    /// The arguments in a file.
    struct Config {
        let json: JSONValue

        func number(_ name: String, _ standard: Float) -> Float {
            json[name]?.double.map { Float($0) } ?? standard
        }
        func given(_ name: String) -> Float? { json[name]?.double.map { Float($0) } }
        func flag(_ name: String) -> Bool { json[name] == true }
        func int(_ name: String) -> Int? { json[name]?.int }

        /// The rate; the first one of a schedule.
        var rate: Float {
            json["learning_rate"]?.double.map { Float($0) }
                ?? json[["learning_rate", "config", "initial_learning_rate"]]?.double.map { Float($0) }
                ?? 0.001
        }
        var hasSchedule: Bool { json["learning_rate"]?.members != nil }
        var decay: Float { number("weight_decay", 0) }

        var options: OptimizerOptions {
            OptimizerOptions(
                clipnorm: given("clipnorm"), clipvalue: given("clipvalue"),
                globalClipnorm: given("global_clipnorm"), useEma: flag("use_ema"),
                emaMomentum: number("ema_momentum", 0.99),
                emaOverwriteFrequency: int("ema_overwrite_frequency"),
                gradientAccumulationSteps: int("gradient_accumulation_steps"))
        }
    }

    static func named(_ name: String) -> KerasOptimizer? {
        all.first { $0.name.lowercased() == name.lowercased() }
    }

    static func of(_ optimizer: any Optimizer) -> KerasOptimizer? {
        all.first { $0.arguments(optimizer) != nil }
    }

    /// An optimizer as Keras writes it.
    func object(of optimizer: any SlotOptimizer) -> JSONValue {
        func number(_ value: Float?) -> JSONValue {
            value.map { .number(Double("\($0)") ?? Double($0)) } ?? .null
        }
        let options = optimizer.state.options
        var config: JSONValue = [
            "name": .text(name.lowercased()), "learning_rate": number(optimizer.state.learningRate),
            "clipnorm": number(options.clipnorm), "global_clipnorm": number(options.globalClipnorm),
            "clipvalue": number(options.clipvalue), "use_ema": .flag(options.useEma),
            "ema_momentum": number(options.emaMomentum),
            "ema_overwrite_frequency": options.emaOverwriteFrequency.map { .integer($0) } ?? .null,
            "gradient_accumulation_steps": options.gradientAccumulationSteps.map { .integer($0) } ?? .null,
        ]
        for member in arguments(optimizer) ?? [] { config[member.key] = member.value }
        return KerasObject.object("keras.optimizers", name, config)
    }
}

extension Optimizer {
    /// The optimizer as one with arrays beside the parameters, and Keras's class; nil where it has none.
    var keras: (optimizer: any SlotOptimizer, form: KerasOptimizer)? {
        guard let optimizer = self as? any SlotOptimizer, let form = KerasOptimizer.of(optimizer) else {
            return nil
        }
        return (optimizer, form)
    }
}

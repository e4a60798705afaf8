import ArgumentParser
import Cognitron
import CognitronModels

/// `cognitron models`: lists the networks with their size and cost.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Lists the networks that can be trained.",
        discussion: """
            Parameters and multiply-adds are those of samples of the shape that the network was designed \
            for, and of as many classes.
            """)

    func run() throws {
        for model in ModelName.registered { try Output.result(try text(model)) }
    }

    private func text(_ model: ModelName) throws -> String {
        let network = try model.make(task: model.exampleTask)
        let cost = network.wiring?.multiplyAdds ?? 0
        let tasks = model.tasks.map(\.rawValue).joined(separator: ", ")
        let origin = [model.paper, model.licence].filter { !$0.isEmpty }.joined(separator: "; ")
        return """
            \(model): \(model.summary); \(tasks)
                \(model.inputShape): \(Self.rounded(network.parameterCount)) parameters, \
            \(Self.rounded(cost)) multiply-adds
                \(origin)
            """
    }

    /// `61.7 thousand`, `155 million`.
    static func rounded(_ number: Int) -> String {
        let units = [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")]
        guard let (size, name) = units.first(where: { number >= $0.0 }) else { return "\(number)" }
        let share = Double(number) / Double(size)
        return "\(share.text(share < 10 ? 2 : share < 100 ? 1 : 0)) \(name)"
    }
}

/// Unfreezes a network block by block, from its output to its input.
///
///     let frozen = try model.freezeBody()
///     try model.fit(x, y, epochs: 12, callbacks: [GradualThawing(frozen, every: 3)])
///     // epochs 1…3: the head; 4…6: and the last block; 7…9: and the one before it …
///
/// Blocks are those of `Model.parameterBlocks`.
///
/// - Source: Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification" (2018), gradual
///   unfreezing.
public final class GradualThawing: Callback {
    private let parameters: [Parameter]
    private let epochs: Int
    private var blocks: [[Parameter]] = []
    /// The number of blocks that are unfrozen.
    private var thawed = 0

    /// - Parameters:
    ///   - parameters: those to unfreeze; all of them are frozen at the start.
    ///   - epochs: the number of epochs between two blocks, at least 1.
    public init(_ parameters: [Parameter], every epochs: Int = 1) {
        (self.parameters, self.epochs) = (parameters, epochs)
    }

    /// - Throws: `CognitronError` where there is nothing to unfreeze, or `every` is below 1.
    public func onTrainBegin(_ model: Model) throws {
        guard epochs >= 1 else {
            throw CognitronError(
                .argument, "GradualThawing", "invalid every", expected: "at least 1", got: "\(epochs)")
        }
        let wanted = Set(parameters.map(\.identity))
        blocks = try model.requireRunningTrainer("GradualThawing").networks.flatMap(\.value.parameterBlocks)
            .map { $0.filter { wanted.contains($0.identity) } }.filter { !$0.isEmpty }
        guard !blocks.isEmpty else {
            throw CognitronError(
                .argument, "GradualThawing", "has no parameters of the trained model",
                advice: "give it those that freezeBody() or setTrainable(_:matching:) return")
        }
        thaw(0)
    }

    public func onEpochBegin(_ epoch: Int, _ model: Model) throws { thaw((epoch - 1) / epochs) }

    /// Unfreezes the last `count` blocks and freezes the others.
    private func thaw(_ count: Int) {
        thawed = count
        for (index, block) in blocks.reversed().enumerated() {
            for parameter in block { parameter.isTrainable = index < count }
        }
    }
}

extension GradualThawing: Stateful {
    public func saveState() -> StateTree { ["thawed": StateTree(thawed)] }

    public func restore(_ state: StateTree) throws { thaw(try state.get("thawed")) }
}

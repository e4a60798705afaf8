import Cognitron
import CognitronData
import CognitronKernels
import CognitronModels
import Testing

// The pool of memory is the process's, so that the test has a process of its own, which older compilers
// cannot start.
#if compiler(>=6.2)
    @Suite("Memory of networks for texts")
    struct SequenceMemoryTests {
        /// A batch of pairs of texts with these lengths, 8 of each.
        private static func batch(_ source: Int, _ target: Int) -> (inputs: [Tensor], targets: [Tensor]) {
            func tokens(_ length: Int, _ seed: UInt64) -> Tensor {
                Tensor.randomUniform([8, length], in: 3..<20, seed: seed).map { $0.rounded(.down) }
            }
            return ([tokens(source, 1), tokens(target, 2)], [tokens(target, 3)])
        }

        private static func network(_ kind: Int) throws -> Model {
            switch kind {
            case 0...2:
                try seq2Seq(
                    sourceTokens: 20, targetTokens: 20, attention: DecoderAttention.allCases[kind],
                    embedding: 32, units: 64)
            case 3:
                try transformer(
                    inputTokens: 20, targetTokens: 20,
                    TransformerSizes(layers: 2, features: 32, heads: 4, units: 64, dropout: 0.1))
            default:
                try characterModel(TextCoding.example(inputs: 20, targets: nil), units: 64)
            }
        }

        @Test("A step of lengths that were met before asks the system for no memory")
        func lengths() async {
            await #expect(processExitsWith: .success) {
                for kind in 0...4 {
                    let model = try Self.network(kind)
                    try model.compile(
                        optimizer: Adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true),
                        metrics: [.accuracy], gradients: [.clip(globalNorm: 1)], seed: 1)
                    func step(_ source: Int, _ target: Int) throws {
                        let (inputs, targets) = Self.batch(source, target)
                        try model.trainOnBatch(Array(inputs.suffix(model.inputCount)), targets)
                    }
                    let lengths = [(12, 20), (7, 9), (30, 14), (12, 9)]
                    for (source, target) in lengths { try step(source, target) }
                    let first = Memory.usage.inUse + Memory.usage.free
                    for (source, target) in lengths { try step(source, target) }
                    let allocations = BufferPool.shared.systemAllocations
                    for _ in 0..<5 {
                        for (source, target) in lengths.reversed() { try step(source, target) }
                    }
                    let grown = Memory.usage.inUse + Memory.usage.free - first
                    #expect(grown < 64 << 10, "network \(kind): \(grown) of \(first) bytes")
                    #expect(BufferPool.shared.systemAllocations == allocations, "network \(kind)")
                }
            }
        }
    }
#endif

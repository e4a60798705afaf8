import CognitronKernels
import Foundation
import Testing

@testable import Cognitron

// The pool of memory is the process's: beside other tests its numbers mean nothing, so each test has a
// process of its own, which older compilers cannot start.
#if compiler(>=6.2)
    @Suite("Memory")
    struct MemoryTests {
        /// Every kind of layer that takes memory of its own, with data for it.
        private static func makeModel() throws -> (model: Sequential, x: Tensor, y: Tensor) {
            let model = Sequential {
                Input(16, 16, 3)
                Conv2D(24, kernelSize: 3, padding: .same, useBias: false)
                BatchNormalization()
                Activation(.relu)
                MaxPooling2D(poolSize: 2)
                Dropout(0.25)
                Conv2D(32, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
                ZeroPadding2D(1)
                AveragePooling2D(poolSize: 2)
                GlobalAveragePooling2D()
                Dense(10, activation: .softmax)
            }
            try model.compile(
                optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
            let x = Tensor.randomNormal([96, 16, 16, 3], seed: 2)
            return (model, x, Tensor((0..<96).map { $0 % 10 }))
        }

        /// All bytes that came from the system.
        private static var total: Int { Memory.usage.inUse + Memory.usage.free }

        /// The physical memory of the process; 0 where the system does not tell as Linux does.
        private static var residentBytes: Int {
            let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii))?
                .split(separator: " ").dropFirst().first.flatMap { Int($0) }
            return (pages ?? 0) * Int(getpagesize())
        }

        @Test(
            "After its first step, training asks the system for nothing of note; after its second, for nothing"
        )
        func steps() async {
            await #expect(processExitsWith: .success) {
                let (model, x, y) = try Self.makeModel()
                try model.trainOnBatch(x, y)
                let first = Self.total
                try model.trainOnBatch(x, y)
                let allocations = BufferPool.shared.systemAllocations
                for _ in 0..<5 { try model.trainOnBatch(x, y) }
                #expect(Self.total - first < 64 << 10)
                #expect(BufferPool.shared.systemAllocations == allocations)
            }
        }

        @Test("A thousand steps leave the memory as it was after fifty, the pool's and the process's")
        func thousandSteps() async {
            await #expect(processExitsWith: .success) {
                let model = Sequential {
                    Input(8, 8, 2)
                    Conv2D(8, kernelSize: 3, padding: .same)
                    BatchNormalization()
                    ReLU()
                    MaxPooling2D()
                    Dropout(0.2)
                    Flatten()
                    Dense(3, activation: .softmax)
                }
                try model.compile(
                    optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
                let x = Tensor.randomNormal([16, 8, 8, 2], seed: 2)
                let y = Tensor((0..<16).map { $0 % 3 })
                for _ in 0..<50 { try model.trainOnBatch(x, y) }
                let usage = Memory.usage
                let allocations = BufferPool.shared.systemAllocations
                let resident = Self.residentBytes
                for _ in 0..<1_000 { try model.trainOnBatch(x, y) }
                #expect(Memory.usage == usage && BufferPool.shared.systemAllocations == allocations)
                #expect(Self.residentBytes - resident < 512 << 10, "half a kilobyte a step")
            }
        }

        @Test("However often a model is trained and predicts, it takes no more memory")
        func repeated() async {
            await #expect(processExitsWith: .success) {
                let (model, x, y) = try Self.makeModel()
                var usages: [(inUse: Int, all: Int)] = []
                var resident: [Int] = []
                for _ in 0..<30 {
                    try model.fit(x, y, batchSize: 40, epochs: 1, validationData: (x, y), verbose: .silent)
                    _ = try model.predict(x)
                    usages.append((Memory.usage.inUse, Self.total))
                    resident.append(Self.residentBytes)
                }
                #expect(resident[29] - resident[4] < 512 << 10, "far less than one batch or model")
                for usage in usages.dropFirst() {
                    #expect(usage.inUse == usages[0].inUse)
                    // A batch that is made while the step before needs its scratch meets other moments every
                    // time.
                    #expect(usage.all <= usages[0].all * 5 / 4)
                }
            }
        }

        @Test("Unused memory goes back to the system, and what is used stays")
        func release() async {
            await #expect(processExitsWith: .success) {
                let kept = Tensor.ones([1000])
                _ = Tensor.ones([1_000_000])
                #expect(Memory.usage.free >= 4_000_000)
                Memory.releaseUnused()
                #expect(Memory.usage.free == 0)
                #expect(Memory.usage.inUse >= 4_000 && kept.sum() == 1000)
            }
        }
    }
#endif

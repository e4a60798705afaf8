import Cognitron
import CognitronKernels
import Dispatch

// How a layer runs: on threads, and with which memory.

extension Subject {
    /// So many numbers are shared among several threads.
    private static let largeCount = 60_000

    /// The inputs, their samples repeated until they are large.
    private var largeInputs: [Tensor] {
        let repeats = max(1, Self.largeCount / max(1, inputs[0].count))
        return inputs.map { Tensor.concatenated(Array(repeating: $0, count: repeats), axis: 0) }
    }

    func checkThreads() throws -> [String] {
        let before = Threads.count
        defer { Threads.count = before }
        let inputs = largeInputs
        let runs = try [1, 2, 3].map { count in
            Threads.count = count
            let (_, model) = try build()
            return (count, run(model, inputs, .training), run(model, inputs, .inference))
        }
        return runs.dropFirst().compactMap { count, training, inference in
            (training.difference(from: runs[0].1) ?? inference.difference(from: runs[0].2)).map {
                "\($0) with \(count) threads"
            }
        }
    }

    func checkConcurrency() throws -> [String] {
        let (_, model) = try build()
        let expected = try model.predict(inputs)
        let problems = Locked<[String]>([])
        let inputs = inputs
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            do {
                let outputs = try model.predict(inputs)
                for (output, right) in zip(outputs, expected) where !output.agrees(with: right, 0) {
                    problems.withLock {
                        $0.append(
                            "an output differs by \(output.difference(from: right)) beside other threads")
                    }
                }
            } catch { problems.withLock { $0.append("\(error)") } }
        }
        return problems.withLock { $0 }
    }

    /// Other threads may take memory meanwhile: a layer that does in every step is found, one that does not
    /// has a step without.
    func checkAllocation() throws -> [String] {
        let (_, model) = try build()
        for _ in 0..<2 { _ = run(model, inputs, .training) }
        for _ in 0..<50 {
            let before = BufferPool.shared.systemAllocations
            _ = run(model, inputs, .training)
            if BufferPool.shared.systemAllocations == before { return [] }
        }
        return ["each of 50 training steps takes memory from the system"]
    }
}

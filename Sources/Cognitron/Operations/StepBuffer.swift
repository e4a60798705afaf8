import CognitronKernels

/// A sequence `(N, T, …)` that grows along T. Its storage has room for further steps, so that appending
/// copies what is there only when the room is used up, which doubles it.
struct StepBuffer: Sendable {
    /// `(N, capacity, …)`; steps from `count` on are undefined. The capacity depends on `count` alone.
    private(set) var storage: Tensor
    private(set) var count: Int

    /// - Parameter first: the first steps, at least one.
    init(_ first: Tensor) {
        storage = Tensor(uninitialized: first.shape.replacing(1, with: 0))
        count = 0
        append(first)
    }

    private static func capacity(for count: Int) -> Int {
        var capacity = 32
        while capacity < count { capacity *= 2 }
        return capacity
    }

    /// In place where nobody shares the storage.
    mutating func append(_ steps: Tensor) {
        let capacity = Self.capacity(for: count + steps.shape[1])
        let rows = 0..<storage.shape[0]
        if capacity > storage.shape[1] { replaceStorage(rows, capacity) }
        storage.setSteps(from: count, to: steps, rows, count: steps.shape[1])
        count += steps.shape[1]
    }

    /// The samples at these places, in this order.
    mutating func select(_ rows: [Int]) { replaceStorage(rows, storage.shape[1]) }

    private mutating func replaceStorage(_ rows: some Collection<Int>, _ capacity: Int) {
        let shape = storage.shape.replacing(0, with: rows.count).replacing(1, with: capacity)
        var copy = Tensor(uninitialized: shape)
        copy.setSteps(from: 0, to: storage, rows, count: count)
        storage = copy
    }
}

extension Tensor {
    /// self[i, first ..< first + count] ← source[rows[i], 0 ..< count]
    fileprivate mutating func setSteps(
        from first: Int, to source: Tensor, _ rows: some Collection<Int>, count: Int
    ) {
        let width = shape.dropFirst(2).reduce(1, *)
        let (y, x) = (mutablePointer, source.pointer)
        for (sample, row) in rows.enumerated() {
            (y + (sample * shape[1] + first) * width)
                .update(from: x + row * source.shape[1] * width, count: count * width)
        }
        withExtendedLifetime((self, source)) {}
    }
}

import Synchronization
import Testing

@testable import CognitronKernels

@Suite("The pool of memory")
struct MemoryTests {
    /// A system with only so many bytes, and a pool over it that keeps at least so many when they are free.
    private final class SmallSystem: Sendable {
        private let standard = BufferPool.System.standard
        private let sizes = Mutex<[UInt: Int]>([:])
        private let capacity: Int

        init(_ capacity: Int) { self.capacity = capacity }

        var bytes: Int { sizes.withLock { $0.values.reduce(0, +) } }

        func makePool(keeping limit: Int) -> BufferPool {
            BufferPool(
                system: BufferPool.System(
                    allocate: { size in
                        guard self.bytes + size <= self.capacity, let memory = self.standard.allocate(size)
                        else { return nil }
                        self.sizes.withLock { $0[UInt(bitPattern: memory)] = size }
                        return memory
                    },
                    release: { memory in
                        self.sizes.withLock { $0[UInt(bitPattern: memory)] = nil }
                        self.standard.release(memory)
                    }), keeping: limit)
        }
    }

    @Test("Memory that is given back is handed out again, aligned to 64 bytes")
    func reuse() {
        let system = SmallSystem(1 << 20)
        let pool = system.makePool(keeping: 1 << 20)
        let first = pool.take(54_321)
        pool.give(first, 54_321)
        let again = pool.take(54_320)  // of the same class of sizes
        #expect(again == first && UInt(bitPattern: again) % 64 == 0)
        #expect(pool.systemAllocations == 1)
        pool.give(again, 54_320)
        pool.releaseFreeMemory()
        #expect(BufferPool.sizeClass(54_321) == BufferPool.sizeClass(54_320))
        for count in [1, 127, 128, 129, 1000, 1 << 20, (1 << 20) + 1] {
            #expect(BufferPool.sizeClass(count) >= count)
            #expect(BufferPool.sizeClass(count) <= max(128, count + count / 4))
        }
    }

    @Test("Where the system has none left, what is kept free is given back to it first")
    func outOfMemory() {
        let system = SmallSystem(8192)
        let pool = system.makePool(keeping: 1 << 20)
        pool.give(pool.take(1024), 1024)
        #expect(pool.usage == (0, 4096) && system.bytes == 4096)
        let large = pool.take(2048)  // all that the system has
        #expect(pool.usage == (8192, 0) && system.bytes == 8192)
        pool.give(large, 2048)
        pool.releaseFreeMemory()
        #expect(pool.usage == (0, 0) && system.bytes == 0)
    }

    @Test("No more is kept free than the limit or than was ever in use; old sizes go first")
    func limit() {
        let system = SmallSystem(1 << 20)
        let pool = system.makePool(keeping: 4096)
        let sizes = [256, 512, 1024, 2048]
        for size in sizes { pool.give(pool.take(size), size) }
        // At most 8192 bytes were in use at once, those of the last size; the others were asked for longer ago.
        #expect(pool.usage == (0, 8192) && system.bytes == 8192)
        let before = pool.systemAllocations
        pool.give(pool.take(2048), 2048)
        #expect(pool.systemAllocations == before)
        let many = (0..<6).map { _ in pool.take(2048) }
        for buffer in many { pool.give(buffer, 2048) }
        #expect(pool.usage == (0, 6 * 8192))
        pool.releaseFreeMemory()
    }
}

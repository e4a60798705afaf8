import Testing

@testable import CognitronKernels

@Suite("The pool of memory")
struct MemoryTests {
    private typealias Room = BufferPool.Room

    /// A system with only so many bytes, and a pool over it that keeps at least so many when they are free.
    private final class SmallSystem: Sendable {
        private let standard = BufferPool.System.standard
        private let sizes = Locked<[UInt: Int]>([:])
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
                    release: { memory, size in
                        self.remove(UInt(bitPattern: memory), size)
                        self.standard.release(memory, size)
                    }), keeping: limit)
        }

        /// Takes a piece, which may be a part of what was asked for at once, out of the books.
        private func remove(_ address: UInt, _ size: Int) {
            sizes.withLock { sizes in
                let end = address + UInt(size)
                guard
                    let (start, whole) = sizes.first(where: {
                        $0.key <= address && end <= $0.key + UInt($0.value)
                    })
                else {
                    Issue.record("\(size) bytes at \(address) go back that are not the pool's")
                    return
                }
                sizes[start] = address > start ? Int(address - start) : nil
                if end < start + UInt(whole) { sizes[end] = Int(start + UInt(whole) - end) }
            }
        }
    }

    @Test("Memory that is given back is handed out again, aligned to 64 bytes")
    func reuse() {
        let system = SmallSystem(1 << 20)
        let pool = system.makePool(keeping: 1 << 20)
        let (first, room) = pool.take(Room(54_321))
        pool.give(first, room)
        let (again, sameRoom) = pool.take(Room(54_320))  // of the same class of sizes
        #expect(again == first && UInt(bitPattern: again) % 64 == 0 && sameRoom == room)
        #expect(pool.systemAllocations == 1)
        pool.give(again, sameRoom)
        pool.releaseFreeMemory()
        #expect(Room.sizeClass(54_321) == Room.sizeClass(54_320))
        for count in [1, 127, 128, 129, 1000, 1 << 20, (1 << 20) + 1] {
            #expect(Room.sizeClass(count) >= count)
            #expect(Room.sizeClass(count) <= max(128, count + count / 4))
        }
    }

    @Test(
        "The system's memory is all there, aligned, and goes back",
        arguments: [
            64, 4096, (1 << 20) - 64, 1 << 20, (1 << 20) + 64, (4 << 20) - 64, 4 << 20, (5 << 20) + 64,
        ])
    func system(_ bytes: Int) throws {
        let system = BufferPool.System.standard
        let pieces = try (0..<3).map { _ in try #require(system.allocate(bytes)) }
        for (number, piece) in pieces.enumerated() {
            #expect(UInt(bitPattern: piece) % (bytes < 4 << 20 ? 64 : 2 << 20) == 0)
            piece.initializeMemory(as: UInt8.self, repeating: UInt8(number + 1), count: bytes)
        }
        for (number, piece) in pieces.enumerated() {
            let held = UnsafeRawBufferPointer(start: piece, count: bytes)
            #expect(held.allSatisfy { $0 == number + 1 })
        }
        for piece in pieces { system.release(piece, bytes) }
    }

    @Test("Where the system has none left, what is kept free is given back to it first")
    func outOfMemory() {
        let system = SmallSystem(8192)
        let pool = system.makePool(keeping: 1 << 20)
        useOnce(pool, Room(1024))
        #expect(pool.usage == (0, 4096) && system.bytes == 4096)
        let large = pool.take(Room(2048))  // all that the system has
        #expect(pool.usage == (8192, 0) && system.bytes == 8192)
        give(pool, [large])
        pool.releaseFreeMemory()
        #expect(pool.usage == (0, 0) && system.bytes == 0)
    }

    @Test("No more is kept free than the limit or one and a half times what was in use; old sizes go first")
    func limit() {
        let system = SmallSystem(1 << 20)
        let pool = system.makePool(keeping: 4096)
        let sizes = [256, 512, 1024, 2048]
        for size in sizes { useOnce(pool, Room(size)) }
        // At most 8192 bytes were in use at once, those of the last size; the first two sizes were asked for
        // longest ago.
        #expect(pool.usage == (0, 12_288) && system.bytes == 12_288)
        let before = pool.systemAllocations
        useOnce(pool, Room(2048))
        #expect(pool.systemAllocations == before)
        let many = (0..<6).map { _ in pool.take(Room(2048)) }
        give(pool, many)
        #expect(pool.usage == (0, 4096 + 6 * 8192))
        pool.releaseFreeMemory()
    }

    private func useOnce(_ pool: BufferPool, _ room: Room) { give(pool, [pool.take(room)]) }

    private func give(_ pool: BufferPool, _ pieces: [(UnsafeMutablePointer<Float>, Room)]) {
        for (memory, room) in pieces { pool.give(memory, room) }
    }

    @Test("Scratch serves sizes that are not far apart; tensors' memory is not taken for it")
    func scratch() {
        let system = SmallSystem(1 << 24)
        let pool = system.makePool(keeping: 1 << 24)
        useOnce(pool, Room(1 << 17))
        for size in [1 << 17, 1 << 16, 100_000] { useOnce(pool, Room(scratch: size)) }
        #expect(pool.systemAllocations == 2)
        useOnce(pool, Room(scratch: 1 << 14))  // 2¹⁷ is just near enough
        #expect(pool.systemAllocations == 2)
        let two = [1 << 17, 1 << 15].map { pool.take(Room(scratch: $0)) }
        #expect(two.map(\.1.size) == [1 << 17, 1 << 15] && pool.systemAllocations == 3)
        useOnce(pool, Room(scratch: 1 << 15))
        #expect(pool.systemAllocations == 4)
        give(pool, two)
        pool.releaseFreeMemory()
        #expect(pool.usage == (0, 0) && system.bytes == 0)
    }

    @Test("Larger scratch takes the place of what it will be given for")
    func largerScratch() {
        let system = SmallSystem(1 << 24)
        let pool = system.makePool(keeping: 1 << 24)
        useOnce(pool, Room(1 << 17))
        let held = pool.take(Room(scratch: 1 << 16))
        useOnce(pool, Room(scratch: 1 << 15))
        useOnce(pool, Room(scratch: 1 << 17))
        #expect(pool.usage == (4 << 16, 4 * (1 << 17 + 1 << 17)))  // 2¹⁵ made way
        useOnce(pool, Room(scratch: 1 << 21))  // too large for what 2¹⁷ is for
        #expect(pool.usage == (4 << 16, 4 * (1 << 17 + 1 << 17 + 1 << 21)))
        give(pool, [held])
        let allocations = pool.systemAllocations
        for size in [1 << 15, 1 << 16, 1 << 17, 1 << 21] { useOnce(pool, Room(scratch: size)) }
        #expect(pool.systemAllocations == allocations)
        #expect(system.bytes == pool.usage.free)
        pool.releaseFreeMemory()
    }

    @Test("Little scratch is memory as any other")
    func littleScratch() {
        #expect(Room(scratch: 1000) == Room(1000))
        #expect(Room(scratch: 1 << 14) != Room(1 << 14))
    }

    /// 1 MiB of floats, the least memory that comes in pairs.
    private static let mebibyte = 1 << 18

    @Test("Two halves that are free serve for what is twice as large, and the other way round")
    func halves() {
        let system = SmallSystem(1 << 24)
        let pool = system.makePool(keeping: 1 << 24)
        let first = pool.take(Room(Self.mebibyte))
        #expect(pool.usage == (1 << 20, 1 << 20) && system.bytes == 2 << 20)
        let second = pool.take(Room(Self.mebibyte))
        #expect(second.0 == first.0 + Self.mebibyte && pool.usage == (2 << 20, 0))
        give(pool, [first, second])
        let whole = pool.take(Room(2 * Self.mebibyte))
        #expect(whole.0 == first.0 && whole.1 == Room(2 * Self.mebibyte) && pool.usage == (2 << 20, 0))
        give(pool, [whole])
        let again = (0..<2).map { _ in pool.take(Room(Self.mebibyte)) }
        #expect(again.map(\.0) == [first.0, second.0])
        #expect(pool.systemAllocations == 1)
        give(pool, again)
        pool.releaseFreeMemory()
        #expect(pool.usage == (0, 0) && system.bytes == 0)
    }

    @Test("Quarters are made and put together as halves are")
    func quarters() {
        let system = SmallSystem(1 << 24)
        let pool = system.makePool(keeping: 1 << 24)
        useOnce(pool, Room(2 * Self.mebibyte))  // with as much again: 4 MiB
        let four = (0..<4).map { _ in pool.take(Room(Self.mebibyte)) }
        #expect(Set(four.map(\.0)).count == 4 && pool.systemAllocations == 1 && system.bytes == 4 << 20)
        give(pool, [2, 0, 3, 1].map { four[$0] })
        let whole = pool.take(Room(4 * Self.mebibyte))
        #expect(pool.systemAllocations == 1 && pool.usage == (4 << 20, 0))
        give(pool, [whole])
        pool.releaseFreeMemory()
        #expect(system.bytes == 0)
    }

    @Test("A half goes back to the system while the other is in use, which then is a whole of its own")
    func halfReleased() {
        let system = SmallSystem(1 << 24)
        let pool = system.makePool(keeping: 1 << 24)
        let first = pool.take(Room(Self.mebibyte))
        pool.releaseFreeMemory()
        #expect(pool.usage == (1 << 20, 0) && system.bytes == 1 << 20)
        first.0.update(repeating: 1, count: Self.mebibyte)
        give(pool, [first])
        #expect(pool.usage == (0, 1 << 20))
        pool.releaseFreeMemory()
        #expect(system.bytes == 0)
    }

    @Test("Where there is no room for two, one is asked for")
    func noRoomForTwo() {
        let system = SmallSystem(3 << 19)
        let pool = system.makePool(keeping: 1 << 24)
        let one = pool.take(Room(Self.mebibyte))
        #expect(pool.usage == (1 << 20, 0) && system.bytes == 1 << 20)
        give(pool, [one])
        pool.releaseFreeMemory()
    }

    @Test("Whatever is taken and given, nobody gets memory that another has, and all of it goes back")
    func manySizes() {
        let system = SmallSystem(1 << 30)
        let pool = system.makePool(keeping: 32 << 20)
        let sizes = [1, 2, 3, 4, 6, 8, 12, 16]
        var held: [(memory: UnsafeMutablePointer<Float>, room: Room)] = []
        for step in 0..<4_000 {
            let random = Philox(key: 5).block(UInt64(step))
            if held.isEmpty || held.count < 40 && random.x % 2 == 0 {
                let halves = sizes[Int(random.y) % sizes.count]
                let (memory, room) = pool.take(Room(halves * Self.mebibyte / 2))
                let end = memory + room.size
                #expect(!held.contains { $0.memory < end && memory < $0.memory + $0.room.size })
                held.append((memory, room))
            } else {
                let (memory, room) = held.remove(at: Int(random.z) % held.count)
                pool.give(memory, room)
            }
            if step % 1_000 == 999 { pool.releaseFreeMemory() }
            #expect(pool.usage.inUse == held.reduce(0) { $0 + $1.room.bytes })
            #expect(system.bytes == pool.usage.inUse + pool.usage.free)
        }
        give(pool, held)
        pool.releaseFreeMemory()
        #expect(pool.usage == (0, 0) && system.bytes == 0)
    }
}

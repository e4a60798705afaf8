// Pools memory for tensors and scratch by size: touching fresh pages costs ten times as much as a pass over
// memory that the process already owns.

/// A 64-byte-aligned array of floats that returns to the pool when it is released. Contents start undefined.
///
/// `@unchecked Sendable`: the buffer only owns memory; code that writes through `pointer` must have exclusive
/// access (a tensor writes only into storage that it alone references).
package final class Buffer: @unchecked Sendable {
    package let pointer: UnsafeMutablePointer<Float>
    package let count: Int
    private let room: BufferPool.Room

    package init(_ count: Int) {
        self.count = count
        (pointer, room) = BufferPool.shared.take(BufferPool.Room(count))
    }

    /// Scratch memory for one operation. A network's operations need many sizes of it, but seldom two at
    /// once, so a buffer may be much larger than requested and is reused for different sizes.
    init(scratch count: Int) {
        self.count = count
        (pointer, room) = BufferPool.shared.take(BufferPool.Room(scratch: count))
    }

    /// The same memory as 32-bit integers.
    package var words: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt32.self)
    }

    /// The same memory as 16-bit integers, two per float.
    package var halves: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self)
    }

    deinit { BufferPool.shared.give(pointer, room) }
}

/// Caches free memory for later buffers of the same size, up to 1 GiB or, if larger, one and a half times the
/// peak of memory in use, since a training step needs different sizes at different moments; beyond that, the
/// least recently requested sizes are released to the system first. New scratch replaces smaller free scratch
/// that it can substitute. Large pieces are split in half on demand and merged again (`Halves`), and serve
/// buffers that are a little smaller.
package final class BufferPool: Sendable {
    package static let shared = BufferPool(system: .standard, keeping: 1 << 30)

    /// The allocator beneath the pool.
    struct System: Sendable {
        /// Returns `bytes` bytes; nil if none are left.
        var allocate: @Sendable (_ bytes: Int) -> UnsafeMutableRawPointer?
        var release: @Sendable (UnsafeMutableRawPointer, _ bytes: Int) -> Void
    }

    private let system: System
    private let leastLimit: Int
    private let state = Locked(State())

    /// - Parameter leastLimit: bytes of free memory to cache, however small the peak in use.
    init(system: System, keeping leastLimit: Int) {
        (self.system, self.leastLimit) = (system, leastLimit)
    }

    /// Bytes in use by buffers, and bytes cached.
    package var usage: (inUse: Int, free: Int) { state.withLock { ($0.bytesInUse, $0.bytesFree) } }

    /// Number of allocations from the system since the process started.
    package var systemAllocations: Int { state.withLock { $0.systemAllocations } }

    /// - Returns: the memory, and the room to return it with: scratch may be larger than requested.
    func take(_ room: Room) -> (UnsafeMutablePointer<Float>, Room) {
        let found = state.withLock { $0.take(room) }
        if let found, let pointer = UnsafeMutablePointer<Float>(bitPattern: found.address) {
            return (pointer, found.room)
        }
        // The new scratch substitutes smaller scratch, which is released.
        release(state.withLock { $0.takeScratch(servedBy: room) })
        if let fresh = allocatePair(room) ?? allocate(room) { return (fresh, room) }
        releaseFreeMemory()
        guard let fresh = allocate(room) else {
            fail("out of memory: \(room.bytes) bytes asked for, \(usage.inUse - room.bytes) in use")
        }
        return (fresh, room)
    }

    /// Allocates twice the memory and caches the upper half: later the two may be merged for a larger buffer.
    /// The system maps pages at their first write, so the second half costs nothing until it is used.
    private func allocatePair(_ room: Room) -> UnsafeMutablePointer<Float>? {
        guard room.comesInPairs, let fresh = allocate(room.doubled) else { return nil }
        state.withLock { $0.giveUpperHalf(of: UInt(bitPattern: fresh), room) }
        return fresh
    }

    private func allocate(_ room: Room) -> UnsafeMutablePointer<Float>? {
        system.allocate(room.bytes)?.bindMemory(to: Float.self, capacity: room.size)
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, _ room: Room) {
        let surplus = state.withLock {
            $0.give(pointer, room)
            return $0.takeFree(above: max(leastLimit, $0.mostBytesInUse / 2 * 3))
        }
        release(surplus)
    }

    /// Releases all cached memory to the system.
    package func releaseFreeMemory() {
        release(state.withLock { $0.takeFree(above: 0) })
    }

    private func release(_ surplus: [Surplus]) {
        for (address, bytes) in surplus {
            if let pointer = UnsafeMutableRawPointer(bitPattern: address) { system.release(pointer, bytes) }
        }
    }

    /// Memory to be released, already removed from the pool's state.
    private typealias Surplus = (address: UInt, bytes: Int)
}

extension BufferPool {
    /// The size class of a buffer, and whether it is scratch.
    struct Room: Hashable, Sendable {
        /// In floats.
        let size: Int
        let isScratch: Bool

        var bytes: Int { size * 4 }

        /// Floats (64 KiB) from which scratch has a pool of its own.
        private static let leastScratch = 1 << 14

        init(_ count: Int) {
            self.init(size: Self.sizeClass(count), isScratch: false)
        }

        private init(size: Int, isScratch: Bool) { (self.size, self.isScratch) = (size, isScratch) }

        /// The room of twice the size.
        var doubled: Room { Room(size: 2 * size, isScratch: isScratch) }

        /// Whether the memory may be half of a larger piece: from 1 MiB on, where the system can release
        /// parts of an allocation. Not for scratch, which is shared in another way.
        var canBeHalf: Bool { !isScratch && bytes >= 1 << 20 }

        /// Whether to allocate two at once; not for pieces so large that few are needed.
        var comesInPairs: Bool { canBeHalf && bytes <= 64 << 20 }

        init(scratch count: Int) {
            self.init(size: Self.sizeClass(count), isScratch: count >= Self.leastScratch)
        }

        /// `count` rounded up to a multiple of an eighth of its power of two: wastes at most an eighth, and
        /// buffers of nearly the same size share a class.
        static func sizeClass(_ count: Int) -> Int {
            guard count > 128 else { return 128 }
            let step = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 3)
            return (count + step - 1) / step * step
        }
    }

    /// The free memory of one room.
    private struct Kept {
        var addresses: [UInt] = []
        /// Request number of the last request.
        var lastRequest = 0
    }

    /// The pool's state.
    private struct State: ~Copyable {
        private var free: [Room: Kept] = [:]
        private var halves = Halves()
        private var requests = 0
        var bytesInUse = 0
        var mostBytesInUse = 0
        var bytesFree = 0
        var systemAllocations = 0

        /// - Returns: a free piece, if any.
        mutating func take(_ room: Room) -> (address: UInt, room: Room)? {
            requests += 1
            let fitting = smallestFree(for: room) ?? room
            bytesInUse += fitting.bytes
            mostBytesInUse = max(mostBytesInUse, bytesInUse)
            free[fitting, default: Kept()].lastRequest = requests
            if let address = pop(fitting) ?? halve(fitting) { return (address, fitting) }
            systemAllocations += 1
            return nil
        }

        /// Splits a free piece of twice the size, itself split from a larger one if necessary, and returns
        /// its lower half.
        private mutating func halve(_ room: Room) -> UInt? {
            guard room.canBeHalf, room.doubled.bytes <= bytesFree,
                let address = pop(room.doubled) ?? halve(room.doubled)
            else { return nil }
            giveUpperHalf(of: address, room)
            return address
        }

        /// Caches the upper half of the piece at `address`, whose lower half is in use.
        mutating func giveUpperHalf(of address: UInt, _ room: Room) {
            halves.split(address, room.bytes)
            keep(address + UInt(room.bytes), room)
        }

        /// Largest ratio of a scratch buffer's size to the requested size.
        private static let scratchRange = 8

        /// Bytes from which other buffers may be larger than requested too, by a quarter: new pages for them
        /// take longer than the operation that fills them.
        private static let leastShared = 64 << 20

        /// The smallest free room that fits, so that every training step reuses the same buffers; nil where
        /// none does, or only the room's own size may be used.
        private func smallestFree(for room: Room) -> Room? {
            guard room.isScratch || room.bytes >= Self.leastShared else { return nil }
            let largest = room.isScratch ? Self.scratchRange * room.size : room.size / 4 * 5
            return free.lazy
                .filter {
                    $0.key.isScratch == room.isScratch && !$0.value.addresses.isEmpty
                        && (room.size...largest).contains($0.key.size)
                }
                .map(\.key).min { $0.size < $1.size }
        }

        /// Removes the free scratch that scratch of this room can substitute.
        mutating func takeScratch(servedBy room: Room) -> [Surplus] {
            guard room.isScratch else { return [] }
            let smaller = free.keys.filter {
                $0.isScratch && ($0.size...Self.scratchRange * $0.size).contains(room.size)
            }
            return smaller.flatMap { smaller in
                var result: [Surplus] = []
                while let address = pop(smaller) { result.append((address, smaller.bytes)) }
                return result
            }
        }

        private mutating func pop(_ room: Room) -> UInt? {
            let address = free[room]?.addresses.popLast()
            if address != nil { bytesFree -= room.bytes }
            return address
        }

        mutating func give(_ pointer: UnsafeMutablePointer<Float>, _ room: Room) {
            bytesInUse -= room.bytes
            keep(UInt(bitPattern: pointer), room)
        }

        /// Caches the piece, merged with its other half if that is free too.
        private mutating func keep(_ address: UInt, _ room: Room) {
            guard let (other, start) = halves.other(address, room.bytes),
                let index = free[room]?.addresses.firstIndex(of: other)
            else {
                bytesFree += room.bytes
                free[room, default: Kept()].addresses.append(address)
                return
            }
            free[room]?.addresses.remove(at: index)
            bytesFree -= room.bytes
            halves.join(start, room.bytes)
            // Requests for the halves count as requests for the whole.
            let lastRequest = free[room]?.lastRequest ?? 0
            free[room.doubled, default: Kept()].lastRequest = max(
                lastRequest, free[room.doubled]?.lastRequest ?? 0)
            keep(start, room.doubled)
        }

        /// Removes the least recently requested free memory until no more than `limit` bytes are left.
        mutating func takeFree(above limit: Int) -> [Surplus] {
            var result: [Surplus] = []
            while bytesFree > limit {
                let kept = free.lazy.filter { !$0.value.addresses.isEmpty }
                guard let room = kept.min(by: { $0.value.lastRequest < $1.value.lastRequest })?.key else {
                    break
                }
                while bytesFree > limit, let address = pop(room) {
                    halves.forget(address, room.bytes)
                    result.append((address, room.bytes))
                }
            }
            return result
        }
    }
}

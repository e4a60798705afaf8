// Memory for tensors and scratch, taken back by size and handed out again: touching fresh pages costs ten times as
// much as a pass over memory that the process already owns.

import Synchronization

/// A 64-byte-aligned run of floats that returns to the pool when it is released. Contents start undefined.
///
/// `@unchecked Sendable`: the buffer only owns memory; whoever writes through `pointer` makes sure that nobody
/// else does (a tensor writes only into storage that it alone refers to).
package final class Buffer: @unchecked Sendable {
    package let pointer: UnsafeMutablePointer<Float>
    package let count: Int
    private let room: BufferPool.Room

    package init(_ count: Int) {
        self.count = count
        (pointer, room) = BufferPool.shared.take(BufferPool.Room(count))
    }

    /// Memory for no longer than one operation. The operations of a network want it in many sizes, but seldom two at
    /// once: so it is shared by sizes that are far apart.
    init(scratch count: Int) {
        self.count = count
        (pointer, room) = BufferPool.shared.take(BufferPool.Room(scratch: count))
    }

    /// The same memory as whole numbers of 32 bits.
    package var words: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt32.self)
    }

    /// The same memory as whole numbers of 16 bits, two where one float is.
    package var halves: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self)
    }

    deinit { BufferPool.shared.give(pointer, room) }
}

/// What is free is kept for the next buffers of its size, but no more of it than 1 GiB or, where that is more, than was
/// ever in use at once: beyond that, the sizes that were asked for longest ago go back to the system. So does scratch that
/// a larger piece can serve for. Large memory is halved where less is wanted, and put together again (`Halves`).
package final class BufferPool: Sendable {
    package static let shared = BufferPool(system: .standard, keeping: 1 << 30)

    /// Where the pool's memory comes from.
    struct System: Sendable {
        /// So many bytes; nil where there are none left.
        var allocate: @Sendable (_ bytes: Int) -> UnsafeMutableRawPointer?
        var release: @Sendable (UnsafeMutableRawPointer, _ bytes: Int) -> Void
    }

    private let system: System
    private let leastLimit: Int
    private let state = Mutex(State())

    /// - Parameter leastLimit: bytes of free memory that are kept however little was ever in use.
    init(system: System, keeping leastLimit: Int) {
        (self.system, self.leastLimit) = (system, leastLimit)
    }

    /// Bytes in the hands of tensors, and bytes kept for the next ones.
    package var usage: (inUse: Int, free: Int) { state.withLock { ($0.bytesInUse, $0.bytesFree) } }

    /// How often the system had to be asked for memory since the process started.
    package var systemAllocations: Int { state.withLock { $0.systemAllocations } }

    /// - Returns: the memory, and the room it is to be given back with: of scratch it may be larger than what was asked
    ///   for.
    func take(_ room: Room) -> (UnsafeMutablePointer<Float>, Room) {
        let found = state.withLock { $0.take(room) }
        if let found, let pointer = UnsafeMutablePointer<Float>(bitPattern: found.address) {
            return (pointer, found.room)
        }
        // Larger scratch does what smaller did: that makes way.
        release(state.withLock { $0.takeScratch(servedBy: room) })
        if let fresh = allocatePair(room) ?? allocate(room) { return (fresh, room) }
        releaseFreeMemory()
        guard let fresh = allocate(room) else {
            fail("out of memory: \(room.bytes) bytes asked for, \(usage.inUse - room.bytes) in use")
        }
        return (fresh, room)
    }

    /// Memory with as much again behind it, which is kept: together they may serve for something larger one day. The
    /// system gives pages when they are first written to, so that the second half costs nothing until it is used.
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
            return $0.takeFree(above: max(leastLimit, $0.mostBytesInUse))
        }
        release(surplus)
    }

    /// Gives all memory that no tensor holds back to the system.
    package func releaseFreeMemory() {
        release(state.withLock { $0.takeFree(above: 0) })
    }

    private func release(_ surplus: [Surplus]) {
        for (address, bytes) in surplus {
            if let pointer = UnsafeMutableRawPointer(bitPattern: address) { system.release(pointer, bytes) }
        }
    }

    /// Memory that is out of the books.
    private typealias Surplus = (address: UInt, bytes: Int)
}

extension BufferPool {
    /// How much memory a buffer has, and whether it is scratch.
    struct Room: Hashable, Sendable {
        /// In floats.
        let size: Int
        let isScratch: Bool

        var bytes: Int { size * 4 }

        /// From so many floats on (64 KiB) scratch is kept apart.
        private static let leastScratch = 1 << 14

        init(_ count: Int) {
            self.init(size: Self.sizeClass(count), isScratch: false)
        }

        private init(size: Int, isScratch: Bool) { (self.size, self.isScratch) = (size, isScratch) }

        /// Room for twice as much.
        var doubled: Room { Room(size: 2 * size, isScratch: isScratch) }

        /// Whether it may be a half of something larger: from 1 MiB on, where the system can take back parts of what it
        /// gave. Scratch is shared in another way.
        var canBeHalf: Bool { !isScratch && bytes >= 1 << 20 }

        /// Whether the system is asked for two at once: not of what is so large that few will be wanted.
        var comesInPairs: Bool { canBeHalf && bytes <= 64 << 20 }

        init(scratch count: Int) {
            self.init(size: Self.sizeClass(count), isScratch: count >= Self.leastScratch)
        }

        /// `count` rounded up to a multiple of an eighth of its power of two: at most an eighth is wasted, and buffers
        /// of nearly the same size serve one another.
        static func sizeClass(_ count: Int) -> Int {
            guard count > 128 else { return 128 }
            let step = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 3)
            return (count + step - 1) / step * step
        }
    }

    /// The free memory of one room.
    private struct Kept {
        var addresses: [UInt] = []
        /// The time (counted in requests) at which it was last asked for.
        var lastRequest = 0
    }

    /// The pool's books.
    private struct State: ~Copyable {
        private var free: [Room: Kept] = [:]
        private var halves = Halves()
        private var requests = 0
        var bytesInUse = 0
        var mostBytesInUse = 0
        var bytesFree = 0
        var systemAllocations = 0

        /// - Returns: memory that was free.
        mutating func take(_ room: Room) -> (address: UInt, room: Room)? {
            requests += 1
            let fitting = room.isScratch ? smallestScratch(for: room.size) ?? room : room
            bytesInUse += fitting.bytes
            mostBytesInUse = max(mostBytesInUse, bytesInUse)
            free[fitting, default: Kept()].lastRequest = requests
            if let address = pop(fitting) ?? halve(fitting) { return (address, fitting) }
            systemAllocations += 1
            return nil
        }

        /// The lower half of a free piece that is twice as large, or of one that is made like this.
        private mutating func halve(_ room: Room) -> UInt? {
            guard room.canBeHalf, room.doubled.bytes <= bytesFree,
                let address = pop(room.doubled) ?? halve(room.doubled)
            else { return nil }
            giveUpperHalf(of: address, room)
            return address
        }

        /// Keeps the upper half of the piece at `address`, whose lower half is in use.
        mutating func giveUpperHalf(of address: UInt, _ room: Room) {
            halves.split(address, room.bytes)
            keep(address + UInt(room.bytes), room)
        }

        /// Scratch up to so many times as large as what was asked for is given instead.
        private static let scratchRange = 8

        /// Always the smallest that will do: then what sufficed for a training step suffices for the next.
        private func smallestScratch(for size: Int) -> Room? {
            let range = size...Self.scratchRange * size
            return free.lazy
                .filter { $0.key.isScratch && !$0.value.addresses.isEmpty && range.contains($0.key.size) }
                .map(\.key).min { $0.size < $1.size }
        }

        /// Takes out of the books what scratch of this room will be given for.
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

        /// Keeps the piece, with its other half as one where that is free as well.
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
            // Who asks for the halves asks for the whole.
            let lastRequest = free[room]?.lastRequest ?? 0
            free[room.doubled, default: Kept()].lastRequest = max(
                lastRequest, free[room.doubled]?.lastRequest ?? 0)
            keep(start, room.doubled)
        }

        /// Takes free memory out of the books until no more than `limit` bytes are left.
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

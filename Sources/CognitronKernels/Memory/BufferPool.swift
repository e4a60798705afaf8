// Memory for tensors and scratch, taken back by size and handed out again: touching fresh pages costs ten times as
// much as a pass over memory that the process already owns.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A 64-byte-aligned run of floats that returns to the pool when it is released. Contents start undefined.
///
/// `@unchecked Sendable`: the buffer only owns memory; whoever writes through `pointer` makes sure that nobody
/// else does (a tensor writes only into storage that it alone refers to).
package final class Buffer: @unchecked Sendable {
    package let pointer: UnsafeMutablePointer<Float>
    package let count: Int

    package init(_ count: Int) {
        self.count = count
        pointer = BufferPool.shared.take(count)
    }

    /// The same memory as whole numbers of 32 bits.
    package var words: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt32.self)
    }

    /// The same memory as whole numbers of 16 bits, two where one float is.
    package var halves: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self)
    }

    deinit { BufferPool.shared.give(pointer, count) }
}

/// What is free is kept for the next buffers of its size, but no more of it than 1 GiB or, where that is more, than was
/// ever in use at once: beyond that, the sizes that were asked for longest ago go back to the system.
package final class BufferPool: Sendable {
    package static let shared = BufferPool(system: .standard, keeping: 1 << 30)

    /// Where the pool's memory comes from.
    struct System: Sendable {
        /// So many bytes; nil where there are none left.
        var allocate: @Sendable (_ bytes: Int) -> UnsafeMutableRawPointer?
        var release: @Sendable (UnsafeMutableRawPointer) -> Void
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

    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = Self.sizeClass(count)
        let recycled = state.withLock { $0.take(size) }
        if let recycled, let pointer = UnsafeMutablePointer<Float>(bitPattern: recycled) { return pointer }
        if let fresh = system.allocate(size * 4) { return fresh.bindMemory(to: Float.self, capacity: size) }
        releaseFreeMemory()
        // A fatalError, because only that shows its message in optimised builds.
        guard let fresh = system.allocate(size * 4) else {
            fatalError("out of memory: \(size * 4) bytes asked for, \(usage.inUse - size * 4) in use")
        }
        return fresh.bindMemory(to: Float.self, capacity: size)
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        let surplus = state.withLock {
            $0.give(pointer, Self.sizeClass(count))
            return $0.takeFree(above: max(leastLimit, $0.mostBytesInUse))
        }
        release(surplus)
    }

    /// Gives all memory that no tensor holds back to the system.
    package func releaseFreeMemory() {
        release(state.withLock { $0.takeFree(above: 0) })
    }

    private func release(_ addresses: [UInt]) {
        for case let pointer? in addresses.map({ UnsafeMutableRawPointer(bitPattern: $0) }) {
            system.release(pointer)
        }
    }

    /// `count` rounded up to a multiple of an eighth of its power of two: at most an eighth is wasted, and buffers
    /// of nearly the same size serve one another.
    static func sizeClass(_ count: Int) -> Int {
        guard count > 128 else { return 128 }
        let step = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 3)
        return (count + step - 1) / step * step
    }
}

extension BufferPool {
    /// The free memory of one size.
    private struct Kept {
        var addresses: [UInt] = []
        /// The time (counted in requests) at which the size was last asked for.
        var lastRequest = 0
    }

    /// The pool's books. Sizes are in floats.
    private struct State: ~Copyable {
        private var free: [Int: Kept] = [:]
        private var requests = 0
        var bytesInUse = 0
        var mostBytesInUse = 0
        var bytesFree = 0
        var systemAllocations = 0

        mutating func take(_ size: Int) -> UInt? {
            requests += 1
            bytesInUse += size * 4
            mostBytesInUse = max(mostBytesInUse, bytesInUse)
            free[size, default: Kept()].lastRequest = requests
            guard let address = free[size]?.addresses.popLast() else {
                systemAllocations += 1
                return nil
            }
            bytesFree -= size * 4
            return address
        }

        mutating func give(_ pointer: UnsafeMutablePointer<Float>, _ size: Int) {
            bytesInUse -= size * 4
            bytesFree += size * 4
            free[size, default: Kept()].addresses.append(UInt(bitPattern: pointer))
        }

        /// Takes free memory out of the books until no more than `limit` bytes are left.
        mutating func takeFree(above limit: Int) -> [UInt] {
            var result: [UInt] = []
            while bytesFree > limit {
                let kept = free.lazy.filter { !$0.value.addresses.isEmpty }
                guard let size = kept.min(by: { $0.value.lastRequest < $1.value.lastRequest })?.key else {
                    break
                }
                while bytesFree > limit, let address = free[size]?.addresses.popLast() {
                    bytesFree -= size * 4
                    result.append(address)
                }
            }
            return result
        }
    }
}

extension BufferPool.System {
    /// From this size on, memory is aligned to and asked for in huge pages: a 2 MiB page costs one fault where
    /// 4 KiB pages cost 512.
    private static let hugePage = 2 << 20

    static let standard = Self(
        allocate: { bytes in
            let alignment = bytes >= 2 * hugePage ? hugePage : 64
            var memory: UnsafeMutableRawPointer?
            guard posix_memalign(&memory, alignment, bytes) == 0, let memory else { return nil }
            #if os(Linux)
                if alignment == hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
            #endif
            return memory
        },
        release: { free($0) })
}

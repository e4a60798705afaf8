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

    /// The same memory as whole numbers of 16 bits, two where one float is.
    package var halves: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self)
    }

    deinit { BufferPool.shared.give(pointer, count) }
}

package final class BufferPool: Sendable {
    package static let shared = BufferPool()

    private struct State: ~Copyable {
        var free: [Int: [UInt]] = [:]  // size class in floats → addresses
        var bytesInUse = 0
        var bytesFree = 0
        var systemAllocations = 0
    }

    private let state = Mutex(State())

    /// Bytes in the hands of tensors, and bytes kept for the next ones.
    package var usage: (inUse: Int, free: Int) { state.withLock { ($0.bytesInUse, $0.bytesFree) } }

    /// How often the system had to be asked for memory since the process started.
    package var systemAllocations: Int { state.withLock { $0.systemAllocations } }

    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = Self.sizeClass(count)
        let recycled: UInt? = state.withLock {
            $0.bytesInUse += size * 4
            if let address = $0.free[size]?.popLast() {
                $0.bytesFree -= size * 4
                return address
            }
            $0.systemAllocations += 1
            return nil
        }
        if let recycled, let pointer = UnsafeMutablePointer<Float>(bitPattern: recycled) { return pointer }
        return Self.allocate(size)
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        let size = Self.sizeClass(count)
        state.withLock {
            $0.bytesInUse -= size * 4
            $0.bytesFree += size * 4
            $0.free[size, default: []].append(UInt(bitPattern: pointer))
        }
    }

    /// Gives all memory that no tensor holds back to the system.
    package func releaseFreeMemory() {
        let addresses = state.withLock { state in
            let all = state.free.values.flatMap { $0 }
            state.free = [:]
            state.bytesFree = 0
            return all
        }
        for address in addresses { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    /// `count` rounded up to a multiple of an eighth of its power of two: at most an eighth is wasted, and buffers
    /// of nearly the same size serve one another.
    static func sizeClass(_ count: Int) -> Int {
        guard count > 128 else { return 128 }
        let step = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount - 3)
        return (count + step - 1) / step * step
    }

    /// From this size on, memory is aligned to and asked for in huge pages: a 2 MiB page costs one fault where
    /// 4 KiB pages cost 512.
    private static let hugePage = 2 << 20

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = count * 4
        let alignment = bytes >= 2 * hugePage ? hugePage : 64
        var memory: UnsafeMutableRawPointer?
        let status = posix_memalign(&memory, alignment, bytes)
        guard status == 0, let memory else { preconditionFailure("out of memory: \(bytes) bytes asked for") }
        #if os(Linux)
            if alignment == hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
        #endif
        return memory.bindMemory(to: Float.self, capacity: count)
    }
}

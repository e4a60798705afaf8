// Streaming stores: results written to memory past the caches.

import CProcessor

/// Chooses streaming stores for results too large to be in a cache at their next read.
///
/// An ordinary store first reads the cache line that it writes: a result crosses the memory bus twice. A
/// streaming store writes whole lines past the caches: the result crosses once, and cached data stays cached
/// (docs/PERFORMANCE.md).
enum Streaming {
    /// Floats from which results are streamed: 4 MiB, more than the second-level caches of two cores. Between
    /// 1 and 8 MiB the models' steps take the same time.
    static let fewest = 1 << 20

    /// Whether to stream a result of rows of `columns` floats. Vectors must be aligned, so that each lies
    /// within a line.
    @inline(__always)
    static func suits(_ y: UnsafePointer<Float>, count: Int, columns: Int) -> Bool {
        count >= fewest && columns.isMultiple(of: Vector.width)
            && UInt(bitPattern: y) % UInt(MemoryLayout<Vector>.size) == 0
    }

    /// Calls `body(streamed)` with a constant: an inlined `body` is compiled twice, without a branch per
    /// vector.
    @inline(__always)
    static func choose(_ streamed: Bool, _ body: (_ streamed: Bool) -> Void) {
        if streamed { body(true) } else { body(false) }
        end()
    }

    /// Makes streamed stores visible to other threads; called at the end of every worker's part.
    @inline(__always)
    static func end() { cognitron_stream_end() }
}

extension Vector {
    /// Stores all eight floats, streamed if `streamed`; then `pointer` must be a multiple of 32 bytes.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, streamed: Bool) {
        if streamed { cognitron_stream(pointer, self) } else { store(pointer) }
    }

    /// Stores all eight floats, streamed if `streamed`, or only the first `lanes`.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, lanes: Int, streamed: Bool) {
        if lanes == Vector.width { store(pointer, streamed: streamed) } else { store(pointer, first: lanes) }
    }
}

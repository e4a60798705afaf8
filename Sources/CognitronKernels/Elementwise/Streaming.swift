// Results that go to memory past the caches.

import CProcessor

/// Where a result is written that is too large to be in a cache when it is read next.
///
/// A usual store fetches the line it writes from memory first: a result crosses the bus to memory twice.
/// Written past the caches, with whole lines gathered in the processor, it crosses once, and what is in the
/// caches stays there (docs/PERFORMANCE.md).
enum Streaming {
    /// Floats from which on a result goes past the caches: 4 MiB, more than the second-level caches of two
    /// cores. Between 1 and 8 MiB the models' steps take the same time.
    static let fewest = 1 << 20

    /// Whether a result of rows of `columns` floats goes past the caches. Vectors must lie within a line.
    @inline(__always)
    static func suits(_ y: UnsafePointer<Float>, count: Int, columns: Int) -> Bool {
        count >= fewest && columns.isMultiple(of: Vector.width)
            && UInt(bitPattern: y) % UInt(MemoryLayout<Vector>.size) == 0
    }

    /// Calls `body(streamed)` with a constant: of a `body` that is always inlined there are two copies,
    /// neither of which asks for every vector.
    @inline(__always)
    static func choose(_ streamed: Bool, _ body: (_ streamed: Bool) -> Void) {
        if streamed { body(true) } else { body(false) }
        end()
    }

    /// Lets other threads see what this one has written: at the end of every worker's part.
    @inline(__always)
    static func end() { cognitron_stream_end() }
}

extension Vector {
    /// Writes all eight floats, past the caches if `streamed`: then `pointer` is a multiple of 32 bytes.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, streamed: Bool) {
        if streamed { cognitron_stream(pointer, self) } else { store(pointer) }
    }

    /// Writes all eight floats, past the caches if `streamed`, or only the first `lanes`.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, lanes: Int, streamed: Bool) {
        if lanes == Vector.width { store(pointer, streamed: streamed) } else { store(pointer, first: lanes) }
    }
}

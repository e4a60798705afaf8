// Preconditions whose messages show in optimised builds too, where the standard library's drop theirs.

/// Stops the program with "Fatal error: " and the message on standard error unless `condition` holds.
///
/// The check alone is inlined; the message is made only where it fails.
@inlinable @inline(__always)
package func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition() { fail(message(), file: file, line: line) }
}

/// Stops the program with "Fatal error: " and the message on standard error.
///
/// Not inlined, so that callers keep only a call that the optimiser takes as unlikely.
@usableFromInline @inline(never)
package func fail(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    // Not preconditionFailure: only fatalError prints its message in optimised builds.
    fatalError(message, file: file, line: line)
}

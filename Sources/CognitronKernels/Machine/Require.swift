// Preconditions whose messages are printed in optimised builds too, unlike the standard library's.

/// Stops the program with "Fatal error: " and the message on standard error unless `condition` holds.
///
/// Only the check is inlined; the message is built only on failure.
@inlinable @inline(__always)
package func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition() { fail(message(), file: file, line: line) }
}

/// Stops the program with "Fatal error: " and the message on standard error.
///
/// Not inlined, so that callers contain only a call that the optimiser treats as unlikely.
@usableFromInline @inline(never)
package func fail(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    // Not preconditionFailure: only fatalError prints its message in optimised builds.
    fatalError(message, file: file, line: line)
}

import CProcessor
import Synchronization

/// A value that one thread at a time uses.
///
///     private let state = Locked(State())
///     state.withLock { $0.count += 1 }
///
/// `Mutex` with what ThreadSanitizer needs to see it: on Linux it locks by a system call that the sanitizer does
/// not know, so that all accesses behind it would be reported as races. Without the sanitizer the announcements
/// do nothing.
package struct Locked<Value: ~Copyable>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>

    package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Calls `body` with the value while no other thread uses it. `body` must not use the lock again.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { (value: inout sending Value) throws(Failure) -> sending Result in
            withUnsafeMutablePointer(to: &value) { cognitron_lock_taken($0) }
            defer { withUnsafeMutablePointer(to: &value) { cognitron_lock_returned($0) } }
            return try body(&value)
        }
    }
}

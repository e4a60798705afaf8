import CognitronKernels

/// The memory of all tensors in the process.
///
/// Freed memory is cached for later tensors, so that training allocates from the system in its first steps
/// only. The cache holds at most 1 GiB or 1.5 times the peak of the memory in use. A program that
/// has finished training can return it to the system:
///
///     Memory.releaseUnused()
public enum Memory {
    /// The bytes that tensors use, and the bytes in the cache.
    public static var usage: (inUse: Int, free: Int) { BufferPool.shared.usage }

    /// Returns the cache to the system. The next step then allocates again.
    public static func releaseUnused() { BufferPool.shared.releaseFreeMemory() }
}

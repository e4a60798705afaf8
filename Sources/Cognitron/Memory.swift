import CognitronKernels

/// The memory of all tensors in the process.
///
/// What tensors let go of is kept for the next ones, so that training asks the system for memory in its first
/// steps only: at most 1 GiB or, where that is more, as much as was ever in use at once. A program that has
/// finished its training and goes on with something else can give it back:
///
///     Memory.releaseUnused()
public enum Memory {
    /// Bytes that tensors hold now, and bytes that are kept for the next ones.
    public static var usage: (inUse: Int, free: Int) { BufferPool.shared.usage }

    /// Gives what is kept for the next tensors back to the system. The next step has to ask for it again.
    public static func releaseUnused() { BufferPool.shared.releaseFreeMemory() }
}

import CognitronKernels
import Foundation

/// A lock on a folder, against a second training that would write its checkpoints there too.
///
/// Held until it is freed or the program ends, however that happens. On file systems without locks nothing is
/// held.
final class FolderLock {
    private let descriptor: Int32

    /// - Throws: `CognitronError` where another holds the lock, or the folder cannot be opened.
    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CognitronError(
                .file, path, "cannot be opened", expected: "a folder that you may read",
                advice: "name a folder that you may write to")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        close(descriptor)
        throw CognitronError(
            .file, path, "another training is writing its checkpoints there",
            advice: "wait for its end, or name another folder")
    }

    deinit { close(descriptor) }
}

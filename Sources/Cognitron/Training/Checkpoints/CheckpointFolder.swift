import CognitronKernels
import Foundation

/// A folder of checkpoints: `checkpoint-<steps>.safetensors`, of which the newest are kept, and
/// `best-<steps>.safetensors`.
///
/// Files are written under temporary names, synced and renamed: a program killed at any moment leaves
/// complete checkpoints only.
struct CheckpointFolder {
    private let path: String

    init(_ path: String) { self.path = path }

    private enum Kind: String { case checkpoint, best }

    /// Creates the folder where it is missing, and removes incomplete files that a killed program left.
    func prepare() throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CognitronError(
                .file, path, "cannot be made a folder", advice: "name a folder that you may write to")
        }
        AtomicFile.removeLeftovers(in: path) { $0.hasPrefix("checkpoint-") || $0.hasPrefix("best-") }
    }

    /// Writes a checkpoint and removes older ones.
    ///
    /// - Parameters:
    ///   - steps: the number of steps that the training has taken.
    ///   - keeping: the number of checkpoints to keep, the new one included.
    ///   - isBest: whether it also replaces the best checkpoint.
    func write(_ state: StateTree, steps: Int, keeping: Int, isBest: Bool) throws {
        let file = file(.checkpoint, steps)
        try state.write(to: file)
        if isBest {
            let best = self.file(.best, steps)
            unlink(best)
            // A hard link takes no space. Not every file system supports it.
            if link(file, best) != 0 { try state.write(to: best) }
            for old in try self.steps(of: .best) where old != steps { unlink(self.file(.best, old)) }
        }
        for old in try self.steps(of: .checkpoint).dropLast(max(1, keeping)) {
            unlink(self.file(.checkpoint, old))
        }
    }

    /// The newest valid checkpoint; nil where there is none. Skips damaged ones with a warning.
    func latest() throws -> StateTree? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        for steps in try steps(of: .checkpoint).reversed() {
            do {
                return try StateTree(contentsOf: file(.checkpoint, steps))
            } catch let error as CognitronError {
                Host.warn("\(error); taking the checkpoint before it")
            }
        }
        return nil
    }

    /// Removes all checkpoints but the best.
    func removeAll() throws {
        for steps in try steps(of: .checkpoint) { unlink(file(.checkpoint, steps)) }
    }

    private func file(_ kind: Kind, _ steps: Int) -> String {
        let digits = String(steps)
        let zeros = String(repeating: "0", count: max(0, 9 - digits.count))
        return "\(path)/\(kind.rawValue)-\(zeros)\(digits).safetensors"
    }

    /// The steps in the names of the files of a kind, ascending.
    private func steps(of kind: Kind) throws -> [Int] {
        try names().compactMap { name in
            guard name.hasPrefix("\(kind.rawValue)-"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst(kind.rawValue.count + 1).dropLast(".safetensors".count))
        }.sorted()
    }

    private func names() throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw CognitronError(
                .file, path, "cannot be listed", advice: "check that it is a folder you may read")
        }
    }
}

import CognitronKernels
import Foundation

/// A folder of checkpoints: `checkpoint-<steps>.safetensors`, of which the newest few are kept, and
/// `best-<steps>.safetensors`.
///
/// Files are written under temporary names, synced and renamed, so that a program that is killed at any
/// moment leaves whole checkpoints only.
struct CheckpointFolder {
    private let path: String

    init(_ path: String) { self.path = path }

    private enum Kind: String { case checkpoint, best }

    /// Makes the folder where there is none, and removes what a killed program left half written.
    func prepare() throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CognitronError(
                .file, path, "cannot be made a folder", advice: "name a folder that you may write to")
        }
        for name in try names()
        where name.hasSuffix(".part") && (name.hasPrefix("checkpoint-") || name.hasPrefix("best-")) {
            unlink("\(path)/\(name)")
        }
    }

    /// Writes a checkpoint and removes older ones.
    ///
    /// - Parameters:
    ///   - steps: how many steps the training has taken.
    ///   - keeping: checkpoints that stay, the new one included.
    ///   - isBest: whether it also becomes the best, in the place of the one before.
    func write(_ state: StateTree, steps: Int, keeping: Int, isBest: Bool) throws {
        let file = file(.checkpoint, steps)
        try state.write(to: file)
        if isBest {
            let best = self.file(.best, steps)
            unlink(best)
            // A second name of the same file costs no space.
            if link(file, best) != 0 { try state.write(to: best) }
            for old in try self.steps(of: .best) where old != steps { unlink(self.file(.best, old)) }
        }
        for old in try self.steps(of: .checkpoint).dropLast(max(1, keeping)) {
            unlink(self.file(.checkpoint, old))
        }
    }

    /// The newest checkpoint that is whole; nil where there is none. Damaged ones are passed over with a
    /// warning.
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
        return
            "\(path)/\(kind.rawValue)-\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits).safetensors"
    }

    /// The steps of the files of a kind, in order.
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

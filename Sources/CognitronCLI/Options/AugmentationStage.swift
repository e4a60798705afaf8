import ArgumentParser
import Cognitron
import CognitronData

/// A stage of `--augment` by its name: `flip`, `cutout:8`.
struct AugmentationStage: NamedValue {
    static let table = NameTable("stage", [flip, shift, cutout])

    let name: String
    /// What stands behind the name and a colon; nil for a stage without argument.
    let argument: String?
    private let standard: Int
    private let maker: @Sendable (Int) -> Augmentation

    /// Mirrors each picture in every other epoch.
    static let flip = AugmentationStage(name: "flip") { _ in .alternatingFlip }
    /// Moves pictures by up to so many pixels.
    static let shift = AugmentationStage(name: "shift", "PIXELS", 4) { .randomCrop(padding: $0) }
    /// Blackens a square of so many pixels a side.
    static let cutout = AugmentationStage(name: "cutout", "PIXELS", 8) { .cutout(size: $0) }

    private init(
        name: String, _ argument: String? = nil, _ standard: Int = 0,
        make: @escaping @Sendable (Int) -> Augmentation
    ) {
        (self.name, self.argument, self.standard, maker) = (name, argument, standard, make)
    }

    /// As in help: `shift[:PIXELS]`.
    var help: String { argument.map { "\(name)[:\($0)]" } ?? name }

    /// The augmentations that a word such as `cutout:8` stands for.
    static func parse(_ word: String) throws -> [Augmentation] {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let stage: AugmentationStage
        do {
            stage = try AugmentationStage(named: String(parts[0]).trimmingCharacters(in: .whitespaces))
        } catch let error as CognitronError {
            let advice = error.advice.map { "; \($0)" } ?? ""
            throw ValidationError("--augment: expected \(error.expected ?? "")\(advice)")
        }
        guard parts.count == 2 else { return [stage.maker(stage.standard)] }
        guard stage.argument != nil, let number = Int(parts[1]) else {
            throw ValidationError("--augment: expected \(stage.help), got \(word)")
        }
        return [stage.maker(number)]
    }
}

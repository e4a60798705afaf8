import Foundation
import Testing

/// The sources keep to the floors: each folder names only types of the folders before it.
@Suite("Floors")
struct FloorsTests {
    /// The folders of Sources/Cognitron, lowest first; "" holds the files beside them.
    ///
    /// Losses come before metrics, which adapt to the loss that they are measured beside. Data come before
    /// files because a source of batches knows no file format, and files before training because checkpoints
    /// are files.
    private static let floors = [
        "", "Random", "Tensor", "Communication", "State", "Registry", "Operations", "Initializers",
        "Regularizers",
        "Constraints",
        "Layers", "Network", "Losses", "Metrics", "Optimizers", "Data", "Serialization", "Training",
    ]

    @Test("No file of a lower floor names a type of a higher one")
    func floorsKeepTheirOrder() throws {
        let sources = try SourceTree(target: "Cognitron")
        let unknown = sources.folders.subtracting(Self.floors)
        #expect(unknown.isEmpty, "give \(unknown.sorted()) a place among the floors")
        let wrong = sources.mentions.filter { mention in
            guard let own = Self.floors.firstIndex(of: mention.folder),
                let other = Self.floors.firstIndex(of: mention.declaredIn)
            else { return false }
            return other > own
        }
        #expect(wrong.isEmpty, "\(Self.list(wrong))")
    }

    @Test(
        "Folders do not name each other's types in a circle",
        arguments: ["CognitronKernels", "CognitronData"])
    func foldersFormNoCircle(target: String) throws {
        let sources = try SourceTree(target: target)
        let circle = sources.circle
        let mentions = sources.mentions.filter {
            circle.contains($0.folder) && circle.contains($0.declaredIn)
        }
        #expect(circle.isEmpty, "\(Self.list(mentions))")
    }

    @Test("A type that is named in code is found, one in a comment or a string is not")
    func scannerReadsCodeOnly() {
        let sources = SourceTree(files: [
            ("Low/A.swift", "let a: High? = nil // Other"),
            ("Low/B.swift", #"let b = "Other \" Other" /* Other */"#),
            ("High/C.swift", "public final class High<T>: P {\n    struct Inner {}\n}\nstruct Other {}"),
            ("High/D.swift", "private struct A {}\nlet inner: Inner, mine: LowType"),
            ("Low/E.swift", "enum LowType {}"),
        ])
        #expect(
            sources.mentions.map(\.description).sorted() == [
                "High/D.swift: LowType (Low)", "Low/A.swift: High (High)",
            ])
        #expect(sources.circle == ["Low", "High"])
    }

    private static func list(_ mentions: [SourceTree.Mention]) -> String {
        mentions.map(\.description).sorted().joined(separator: "\n")
    }
}

import Foundation
import Testing

@Suite("docs/KERAS.md says what is so")
struct KerasPageTests {
    private let keras: KerasSignatures
    private let page: KerasPage
    private let comparison: KerasComparison

    init() throws {
        keras = try KerasSignatures.load()
        page = try KerasPage.load()
        let sources = try ["Cognitron", "CognitronData"].flatMap {
            try SourceTree.files(of: $0).map(\.source)
        }
        comparison = KerasComparison(SwiftDeclarations(sources: sources), leftOut: keras.leftOut)
    }

    @Test("Every name of Keras has one row, which names ours and all differences")
    func rows() throws {
        let problems = keras.groups.flatMap { comparison.problems(page, $0) }
        for problem in problems { Issue.record("docs/KERAS.md, \(problem)") }
        guard !problems.isEmpty else { return }
        let file = FileManager.default.temporaryDirectory.appending(path: "KERAS.md")
        try comparison.corrected(page, keras.groups).write(to: file, atomically: true, encoding: .utf8)
        Issue.record("The page with these rows and its counts corrected: \(file.path)")
    }

    @Test("The table of counts counts the rows")
    func counts() {
        let expected = page.counts(keras.groups.map(\.title))
        let found = (page.sections["Counts"] ?? []).map(\.row.text)
        #expect(found == expected, "docs/KERAS.md, Counts; write:\n\(expected.joined(separator: "\n"))")
    }

    @Test("The introduction gives the version, and the arguments that no row speaks of")
    func introduction() {
        #expect(page.introduction.contains("Keras \(keras.keras)"))
        let named = Set(KerasRow.names(in: page.introduction))
        for argument in keras.leftOut {
            #expect(
                named.contains(argument),
                "docs/KERAS.md: say in the introduction why `\(argument)` has no place")
        }
    }
}

@Suite("Rows of docs/KERAS.md against declarations")
struct KerasComparisonTests {
    private static let group = KerasSignatures.Group(
        title: "Pooling layers",
        names: [
            KerasSignatures.Name(
                name: "MaxPool", aliases: ["MaxPooling"],
                arguments: [
                    .init(name: "pool_size", defaultValue: .list([.number(2), .number(2)])),
                    .init(name: "strides", defaultValue: KerasValue.none),
                    .init(name: "padding", defaultValue: .text("valid")),
                ])
        ])

    /// What the test says of a row, our class having an initializer with these parameters.
    private func problem(_ row: String, _ parameters: String?) -> String? {
        let source = parameters.map { "public final class MaxPool { public init(\($0)) {} }" } ?? ""
        let table = "## Pooling layers\n\n| Keras | Cognitron | differences |\n|---|---|---|\n\(row)\n"
        return KerasComparison(SwiftDeclarations(sources: [source])).problems(KerasPage(table), Self.group)
            .first
    }

    private let keras = "some Size = 2, strides: (any Size)? = nil, padding: Padding = .valid"

    @Test("A row that is right is left alone")
    func agreement() {
        #expect(problem("| `MaxPool` `MaxPooling` | `MaxPool` |", "poolSize: \(keras)") == nil)
        #expect(problem("| `MaxPool` `MaxPooling` | not yet | soon |", nil) == nil)
        #expect(problem("| `MaxPool` `MaxPooling` | — | nobody asks |", nil) == nil)
    }

    @Test(
        "A row that is not says what to write",
        arguments: [
            ("", "poolSize: Int = 2, strides: Int? = nil, padding: P = .valid", "| `MaxPool` |"),
            (
                "| `MaxPool` `MaxPooling` | not yet |", "poolSize: Int = 2",
                "`MaxPool` | no `strides`, `padding` |"
            ),
            (
                "| `MaxPool` `MaxPooling` | — | rare |", "poolSize: Int = 2",
                "`MaxPool` | no `strides`, `padding` |"
            ),
            ("| `MaxPool` `MaxPooling` | — |", nil, "say why"),
            ("| `MaxPool` `MaxPooling` | `MaxPool` |", nil, "| not yet |"),
            ("| `MaxPool` | `MaxPool` |", nil, "| `MaxPool` `MaxPooling` | not yet |"),
            (
                "| `MaxPool` `MaxPooling` | `MaxPool` |",
                "poolSize: Int, strides: Int? = nil, padding: P = .same",
                "| `pool_size` must be given; `padding` defaults to `.same` |"
            ),
            (
                "| `MaxPool` `MaxPooling` | `MaxPool` | no `padding`; pools |",
                "poolSize: Int = 2, strides: Int? = nil, padding: P = .valid, p: Float",
                "| needs `p`; pools |"
            ),
        ] as [(String, String?, String)])
    func disagreement(_ row: String, _ parameters: String?, _ expected: String) throws {
        let message = try #require(problem(row, parameters))
        #expect(message.contains(expected), "\(message)")
    }

    @Test("An argument of another name is compared under that name")
    func renaming() {
        let row = "| `MaxPool` `MaxPooling` | `MaxPool` | `pool_size` is `size` |"
        #expect(problem(row, "size: \(keras)") == nil)
        #expect(problem(row, "poolSize: \(keras)")?.hasSuffix("| `MaxPool` | |") ?? false)
    }

    @Test("Rows and counts are corrected, the rest of the page stays")
    func correction() {
        let rules =
            "| group | names | as in Keras | with differences | not yet | left out |\n|---|---|---|---|---|---|"
        func page(_ row: String, _ counts: String) -> String {
            """
            # Title
            ## Counts
            \(rules)
            | Pooling layers | \(counts) |
            | all | \(counts) |
            ## Pooling layers
            | Keras | Cognitron | differences |
            |---|---|---|
            \(row)
            The end.
            """
        }
        let source = "public struct MaxPool { public init(poolSize: \(keras)) {} }"
        let comparison = KerasComparison(SwiftDeclarations(sources: [source]))
        let before = page("| `MaxPool` `MaxPooling` | not yet | soon |", "1 | 0 | 0 | 1 | 0")
        #expect(
            comparison.corrected(KerasPage(before), [Self.group])
                == page("| `MaxPool` `MaxPooling` | `MaxPool` | |", "1 | 1 | 0 | 0 | 0"))
    }

    @Test("A name that Keras does not have is to be removed")
    func unknown() throws {
        let table =
            "## Pooling layers\n\n| Keras | Cognitron | differences |\n|---|---|---|\n| `Pool` | — | x |\n"
        let problems = KerasComparison(SwiftDeclarations(sources: [])).problems(KerasPage(table), Self.group)
        #expect(problems.first?.contains("remove the row") ?? false)
    }
}

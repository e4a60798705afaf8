/// What the page should say, from Keras's signatures and our declarations.
struct KerasComparison {
    private let declarations: SwiftDeclarations
    /// Our names by their spelling without regard to words and capitals.
    private let ours: [String: String]
    /// Arguments that no row speaks of.
    private let leftOut: Set<String>

    init(_ declarations: SwiftDeclarations, leftOut: [String] = []) {
        self.leftOut = Set(leftOut)
        self.declarations = declarations
        ours = Dictionary(declarations.signatures.keys.map { ($0.plainName, $0) }, uniquingKeysWith: min)
    }

    /// What must change in a group's rows, each with the row to write.
    func problems(_ page: KerasPage, _ group: KerasSignatures.Group) -> [String] {
        let lines = page.sections[group.title] ?? []
        let byName = Dictionary(grouping: lines) { $0.row.kerasName }
        let known = Set(group.names.map(\.name))
        let unknown = lines.filter { !known.contains($0.row.kerasName) }.map {
            "line \($0.number): Keras has no \($0.row.kerasName) among its \(group.title); remove the row"
        }
        return unknown + group.names.flatMap { problems($0, byName[$0.name] ?? [], group) }
    }

    private func problems(
        _ name: KerasSignatures.Name, _ lines: [KerasPage.Line], _ group: KerasSignatures.Group
    ) -> [String] {
        guard let line = lines.first else {
            let row = KerasRow(keras: "", cognitron: KerasRow.missing, differences: "")
            return ["\(group.title): no row for \(name.name); add:\n\(expected(row, name, group).text)"]
        }
        let repeated = lines.dropFirst().map { "line \($0.number): a second row for \(name.name)" }
        let problem = problem(line.row, name, group).map { "line \(line.number): \($0)" }
        return repeated + (problem.map { [$0] } ?? [])
    }

    private func problem(
        _ row: KerasRow, _ name: KerasSignatures.Name, _ group: KerasSignatures.Group
    ) -> String? {
        let expected = expected(row, name, group)
        if row.cognitron == KerasRow.leftOut, expected.ourName == nil, row.differences.isEmpty {
            return "\(name.name) is left out; say why in the third column"
        }
        guard row.text != expected.text else { return nil }
        let reason =
            switch (row.ourName, expected.ourName) {
            case (nil, let ours?): "\(ours) is there now"
            case (let ours?, let other) where ours != other: "there is no public \(ours)"
            default: "the row differs from the declaration"
            }
        let isPerhapsRenamed = expected.differences.contains("needs `")
        let advice =
            isPerhapsRenamed ? " (or, if an argument only has another name here, `theirs` is `ours`)" : ""
        return "\(name.name): \(reason); write\(advice):\n\(expected.text)"
    }

    /// The page with its rows and counts as they should be; rows that it lacks are not added.
    func corrected(_ page: KerasPage, _ groups: [KerasSignatures.Group]) -> String {
        var lines = page.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for group in groups {
            for line in page.sections[group.title] ?? [] {
                guard let name = group.names.first(where: { $0.name == line.row.kerasName }) else { continue }
                lines[line.number - 1] = expected(line.row, name, group).text
            }
        }
        let counted = KerasPage(lines.joined(separator: "\n")).counts(groups.map(\.title))
        for (line, count) in zip(page.sections["Counts"] ?? [], counted) { lines[line.number - 1] = count }
        return lines.joined(separator: "\n")
    }

    /// The row with what is so in place of what is not.
    func expected(
        _ row: KerasRow, _ name: KerasSignatures.Name, _ group: KerasSignatures.Group
    ) -> KerasRow {
        let listed = row.ourName.flatMap { declarations.signatures[$0] == nil ? nil : $0 }
        guard let ours = listed ?? declared(name.name, in: group.title) else {
            return KerasRow(
                keras: KerasRow.column(name),
                cognitron: row.cognitron == KerasRow.leftOut ? KerasRow.leftOut : KerasRow.missing,
                differences: row.ourName == nil ? row.differences : "")
        }
        // A note on what is missing says nothing about what is there.
        let differences = KerasDifferences(row.ourName == nil ? "" : row.differences)
        // Keras's base classes are subclassed; ours take a rule or a closure.
        let isBase = name.name == Self.types[group.title]
        return KerasRow(
            keras: KerasRow.column(name), cognitron: "`\(ours)`",
            differences: differences.column(
                name.arguments, isBase ? [] : declarations.signatures[ours] ?? [], except: leftOut))
    }

    /// Ours of that name: a member of the type that stands for the group, or a type.
    private func declared(_ name: String, in group: String) -> String? {
        let type = Self.types[group]
        if let type, let member = ours["\(type).\(name)".plainName] { return member }
        // A loss may have the name of a metric's type, an initializer that of a layer.
        let hasMembersOnly = ["Losses", "Initializers", "Regularizers", "Constraints", "Activations"]
        return hasMembersOnly.contains(group) && name != type ? nil : ours[name.plainName]
    }

    /// The types whose members stand for a group's names.
    private static let types = [
        "Losses": "Loss", "Metrics": "Metric", "Initializers": "Initializer", "Regularizers": "Regularizer",
        "Constraints": "Constraint", "Activations": "ActivationFunction",
        "Learning rate schedules": "LearningRate",
    ]
}

/// A row of docs/KERAS.md: a name of Keras, ours or why there is none, and how the arguments differ.
struct KerasRow {
    static let missing = "not yet"
    static let leftOut = "—"

    /// `` `Conv2D` `Convolution2D` ``: the name and its aliases.
    let keras: String
    /// `` `Loss.huber` ``, "not yet" or "—".
    let cognitron: String
    let differences: String

    var text: String {
        "| \(keras) | \(cognitron) |\(differences.isEmpty ? "" : " \(differences)") |"
    }

    var kerasName: String { Self.names(in: keras).first ?? "" }
    /// Our name; nil where there is none.
    var ourName: String? { Self.names(in: cognitron).first }

    static func column(_ name: KerasSignatures.Name) -> String {
        ([name.name] + name.aliases).map { "`\($0)`" }.joined(separator: " ")
    }

    /// What stands between backticks.
    static func names(in text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap {
            $0.offset.isMultiple(of: 2) ? nil : String($0.element)
        }
    }
}

/// The differences of one row: what the test finds, and what a person remarks.
///
///     `minval` is `minimum`; no `axis`, `seed`; `size` defaults to `2`; `x` must be given; needs `y`; remarks
struct KerasDifferences {
    /// Keras's names of arguments that have another name here.
    var renamed: [String: String] = [:]
    var remarks: [String] = []

    init(_ column: String) {
        for part in column.split(separator: "; ").map(String.init) {
            let names = KerasRow.names(in: part)
            if part.wholeMatch(of: /`\w+` is `\w+`/) != nil {
                renamed[names[0]] = names[1]
            } else if part.wholeMatch(of: Self.found) == nil {
                remarks.append(part)
            }
        }
    }

    private static var found: Regex<Substring> {
        /(?:no|needs) `\w+`(?:, `\w+`)*|`\w+` defaults to `[^`]*`|`\w+` must be given/
    }

    /// The column as it should be, for the form of our declaration that comes nearest to Keras's.
    func column(
        _ keras: [KerasSignatures.Argument], _ forms: [[SwiftDeclarations.Parameter]],
        except leftOut: Set<String> = []
    ) -> String {
        let nearest = forms.map { form in differences(keras, form.filter { !leftOut.contains($0.name) }) }
            .min { $0.weight < $1.weight }
        return ((nearest?.parts ?? []) + remarks).joined(separator: "; ")
    }

    private func differences(
        _ keras: [KerasSignatures.Argument], _ ours: [SwiftDeclarations.Parameter]
    ) -> (parts: [String], weight: Int) {
        var (renamings, missing, defaults, left) = ([String](), [String](), [String](), ours)
        for (position, argument) in keras.enumerated() {
            let other = renamed[argument.name].flatMap { name in ours.first { $0.name == name }?.name }
            let name = other ?? argument.name
            // Where no name stands in the call, the position says which argument is meant.
            let unlabelled =
                ours.indices.contains(position) && !ours[position].isLabelled ? ours[position] : nil
            guard
                let index = left.firstIndex(where: { $0.name.plainName == name.plainName })
                    ?? left.firstIndex(where: { $0 == unlabelled })
            else {
                missing.append(argument.name)
                continue
            }
            let parameter = left.remove(at: index)
            if other != nil { renamings.append("`\(argument.name)` is `\(name)`") }
            if let text = parameter.defaultValue {
                if !argument.isDefault(text) { defaults.append("`\(argument.name)` defaults to `\(text)`") }
            } else if argument.defaultValue != nil {
                defaults.append("`\(argument.name)` must be given")
            }
        }
        let needed = left.filter { $0.defaultValue == nil }.map(\.name)
        let parts = renamings + list("no", missing) + defaults + list("needs", needed)
        return (parts, missing.count + defaults.count + needed.count)
    }

    private func list(_ word: String, _ names: [String]) -> [String] {
        names.isEmpty ? [] : ["\(word) \(names.map { "`\($0)`" }.joined(separator: ", "))"]
    }
}

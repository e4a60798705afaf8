import Cognitron

/// An argument of a layer, by its names in both frameworks and how its values are converted.
struct KerasArgument: Sendable {
    /// Keras's name: `kernel_size`.
    let name: String
    /// The place in our configuration: `["kernelSize"]`.
    var own: [String]
    let form: KerasForm
    var isRequired = false
}

/// How the values of an argument are converted. The values are those of configurations, as JSON.
struct KerasForm: Sendable {
    let write: @Sendable (JSONValue) throws -> JSONValue
    let read: @Sendable (JSONValue) throws -> JSONValue
    /// What is written where our value is missing; nil leaves the argument out.
    var absent: JSONValue?
    /// What null is read as; nil keeps the standard value.
    var null: JSONValue?
}

extension KerasArgument {
    /// - Parameter own: our name where it is not Keras's in Swift's spelling.
    static func argument(
        _ name: String, _ form: KerasForm = .plain, own: String? = nil, isRequired: Bool = false
    ) -> KerasArgument {
        KerasArgument(name: name, own: [own ?? camelCase(name)], form: form, isRequired: isRequired)
    }

    static func required(_ name: String, _ form: KerasForm = .plain, own: String? = nil) -> KerasArgument {
        argument(name, form, own: own, isRequired: true)
    }

    /// `kernel_initializer`, `kernel_regularizer` and `kernel_constraint`.
    static func rules(_ name: String) -> [KerasArgument] {
        [
            argument("\(name)_initializer", .initializer), argument("\(name)_regularizer", .regularizer),
            argument("\(name)_constraint", .constraint),
        ]
    }

    /// The argument within objects of our configuration.
    func inside(_ names: String...) -> KerasArgument {
        var argument = self
        argument.own = names + own
        return argument
    }

    /// `kernel_size` → `kernelSize`
    static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) {
            $0 + $1.prefix(1).uppercased() + $1.dropFirst()
        }
    }

    /// `multiHot` → `multi_hot`
    static func snakeCase(_ name: String) -> String {
        name.reduce("") { $1.isUppercase ? "\($0)_\($1.lowercased())" : "\($0)\($1)" }
    }
}

// MARK: - Forms

extension KerasForm {
    /// The same in both frameworks; null where it is missing.
    static let plain: KerasForm = KerasForm(write: { $0 }, read: { $0 }, absent: .null)

    /// A name that is written with underscores there: `multi_hot`.
    static let word: KerasForm = KerasForm(
        write: { .text(KerasArgument.snakeCase(try $0.require(\.string, "a text"))) },
        read: { .text(KerasArgument.camelCase(try $0.require(\.string, "a text"))) })

    /// Sizes along `rank` axes.
    static func window(_ rank: Int) -> KerasForm {
        KerasForm(
            write: { value in
                guard let height = value["height"], let width = value["width"] else { return value }
                return [height, width]
            },
            read: { value in
                let axes =
                    if let size = value.int { Array(repeating: JSONValue.integer(size), count: rank) } else {
                        try value.require(\.list, "a number, or one for each axis")
                    }
                guard axes.count == rank else { throw KerasMisfit("\(axes.count) sizes in place of \(rank)") }
                return rank == 2 ? ["height": axes[0], "width": axes[1]] : .list(axes)
            }, absent: .null)
    }

    /// `valid`, `same` or `causal`.
    static let padding: KerasForm = KerasForm(
        write: { value in
            guard let name = value.members?.first?.key, ["valid", "same", "causal"].contains(name) else {
                throw KerasMisfit("explicit amounts, which Keras cannot say here")
            }
            return .text(name)
        },
        read: { value in
            let name = try value.require(\.string, "a text").lowercased()
            guard ["valid", "same", "causal"].contains(name) else { throw KerasMisfit(value.brief) }
            return .object([.init(name, [:])])
        })

    /// Amounts before and after each of `rank` axes.
    static func margins(_ rank: Int) -> KerasForm {
        KerasForm(
            write: { value in
                if let amount = value.int {
                    let pair = JSONValue.list([.integer(amount), .integer(amount)])
                    return rank == 1 ? pair : .list(Array(repeating: pair, count: rank))
                }
                guard rank > 1, let axes = value.list else { return value }
                return .list(axes.map { $0.list == nil ? [$0, $0] : $0 })
            },
            read: { $0 })
    }

    /// Two amounts for each axis there, one for each side of an image here.
    static let sides: KerasForm = KerasForm(
        write: { [[$0["top"] ?? 0, $0["bottom"] ?? 0], [$0["left"] ?? 0, $0["right"] ?? 0]] },
        read: { value in
            let axes = value.list ?? [value, value]
            guard axes.count == 2 else { throw KerasMisfit(value.brief) }
            let (rows, columns) = (axes[0].list ?? [axes[0], axes[0]], axes[1].list ?? [axes[1], axes[1]])
            guard rows.count == 2, columns.count == 2 else { throw KerasMisfit(value.brief) }
            return ["top": rows[0], "bottom": rows[1], "left": columns[0], "right": columns[1]]
        })

    /// A list there where one number may stand for it.
    static let list: KerasForm = KerasForm(write: { $0 }, read: { $0.list == nil ? [$0] : $0 }, absent: .null)
}

extension JSONValue {
    /// Throws `KerasMisfit` where the value is of another kind.
    func require<T>(_ value: (JSONValue) -> T?, _ expected: String) throws -> T {
        guard let value = value(self) else { throw KerasMisfit("\(brief), expected \(expected)") }
        return value
    }
}

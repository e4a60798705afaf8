import Testing

@Suite("Public declarations are read from Swift sources")
struct SwiftDeclarationTests {
    private func signatures(_ source: String) -> [String: [[String]]] {
        SwiftDeclarations(sources: [source]).signatures.mapValues { forms in
            forms.map { form in
                form.map { "\($0.name): \($0.type)\($0.defaultValue.map { " = \($0)" } ?? "")" }
            }
        }
    }

    @Test("The initializers of a class, with labels, types and defaults")
    func initializers() {
        let found = signatures(
            """
            /// public final class Ghost { public init(text: String) }
            public final class Dense: Layer {
                public let units: Int
                private var cache: [Int] = []
                public init(
                    _ units: Int, activation: ActivationFunction = .linear, monitor name: String = "val, (loss",
                    strides: (any Size)? = nil, ranges: [ClosedRange<Int>] = [0...1], // a comment: (
                    table: KeyValuePairs<String, any Loss>, done: @escaping (Int, Int) -> Void = { _, _ in }
                ) {
                    let local = 1
                    func inner(text: String) {}
                }
                public convenience init(from decoder: any Decoder) throws {}
                init(hidden: Int) {}
            }
            """)
        #expect(Set(found.keys) == ["Dense", "Dense.units"])
        #expect(
            found["Dense"] == [
                [
                    "units: Int", "activation: ActivationFunction = .linear",
                    "monitor: String = \"val, (loss\"",
                    "strides: (any Size)? = nil", "ranges: [ClosedRange<Int>] = [0...1]",
                    "table: KeyValuePairs<String, any Loss>",
                    "done: @escaping (Int, Int) -> Void = { _, _ in }",
                ],
                ["from: any Decoder"],
            ])
    }

    @Test("Static members of extensions; a property may give a function its defaults")
    func members() {
        let found = signatures(
            """
            extension Loss {
                public static let huber = huber(delta: 1)
                public static func huber(delta: Float) -> Loss { Loss("huber") { $0 } }
                static let secret = Loss()
            }
            extension Metric where Self == MeanMetric {
                public static var accuracy: MeanMetric { MeanMetric("}") }
                @discardableResult public static func top<T: Error>(k: Int = 5) -> MeanMetric where T: Equatable {}
            }
            """)
        #expect(
            found == [
                "Loss.huber": [[], ["delta: Float = 1"]], "Metric.accuracy": [[]],
                "Metric.top": [["k: Int = 5"]],
            ])
    }

    @Test("Protocols and types without public initializers have no signature")
    func typesAlone() {
        let found = signatures(
            "public protocol Layer: AnyObject { init(x: Int) }\npublic struct A { init() {} }\nstruct B {}")
        #expect(found == ["Layer": [], "A": []])
    }
}

@Suite("Defaults in Python and in Swift")
struct KerasValueTests {
    @Test(
        "mean the same",
        arguments: [
            ("learning_rate", .number(0.001), "1e-3"), ("x", .number(2048), "2_048"), ("x", .number(1), "1"),
            ("x", KerasValue.none, "nil"), ("x", .none, "[]"), ("activation", .none, ".linear"),
            ("weight_decay", .none, "0"), ("x", .flag(true), "true"), ("x", .text("same"), ".same"),
            ("x", .text("glorot_uniform"), ".glorotUniform"), ("x", .text("Zeros"), "Initializer.zeros()"),
            ("x", .text("val_loss"), "\"val_loss\""), ("x", .list([.number(1), .number(1)]), "1"),
            ("x", .list([.list([.number(0), .number(0)]), .list([.number(0), .number(0)])]), "[0, 0]"),
            ("x", .list([.number(0.02), .number(0.33)]), "0.02...0.33"),
        ] as [(String, KerasValue, String)])
    func same(_ name: String, _ value: KerasValue, _ swift: String) {
        #expect(KerasSignatures.Argument(name: name, defaultValue: value).isDefault(swift))
    }

    @Test(
        "differ",
        arguments: [
            ("learning_rate", .number(0.001), "0.01"), ("x", KerasValue.none, "0"), ("x", .none, ".linear"),
            ("x", .flag(true), "false"), ("x", .text("same"), ".valid"), ("x", .text("val_loss"), "\"loss\""),
            ("x", .list([.number(1), .number(2)]), "1"), ("x", .number(1), "nil"),
        ] as [(String, KerasValue, String)])
    func other(_ name: String, _ value: KerasValue, _ swift: String) {
        #expect(!KerasSignatures.Argument(name: name, defaultValue: value).isDefault(swift))
    }
}

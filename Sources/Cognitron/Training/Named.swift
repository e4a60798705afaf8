import CognitronKernels

/// Values by name, in a fixed order.
public struct Named<Value>: RandomAccessCollection {
    private let entries: [(name: String, value: () -> Value)]

    /// - Parameter entries: names, and closures that return the values. A closure need not retain its value.
    init(_ entries: [(name: String, value: () -> Value)]) { self.entries = entries }

    public var names: [String] { entries.map(\.name) }
    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }
    public subscript(index: Int) -> (name: String, value: Value) {
        (entries[index].name, entries[index].value())
    }

    /// The value of that name, which must be one of `names`.
    public subscript(name: String) -> Value {
        guard let entry = entries.first(where: { $0.name == name }) else {
            fail("nothing is called \(name); there are \(names.joined(separator: ", "))")
        }
        return entry.value()
    }
}

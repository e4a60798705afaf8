// The types of values in a state tree.

extension StateTree: StateValue {
    public var stateTree: StateTree { self }

    public init?(_ tree: StateTree) { self = tree }
}

extension Int: StateValue {
    public var stateTree: StateTree { .integer(self) }

    public init?(_ tree: StateTree) {
        guard case .integer(let value) = tree else { return nil }
        self = value
    }
}

extension UInt64: StateValue {
    public var stateTree: StateTree { .unsigned(self) }

    public init?(_ tree: StateTree) {
        guard case .unsigned(let value) = tree else { return nil }
        self = value
    }
}

extension Double: StateValue {
    public var stateTree: StateTree { .number(self) }

    public init?(_ tree: StateTree) {
        guard case .number(let value) = tree else { return nil }
        self = value
    }
}

extension Float: StateValue {
    public var stateTree: StateTree { .single(self) }

    public init?(_ tree: StateTree) {
        guard case .single(let value) = tree else { return nil }
        self = value
    }
}

extension Bool: StateValue {
    public var stateTree: StateTree { .flag(self) }

    public init?(_ tree: StateTree) {
        guard case .flag(let value) = tree else { return nil }
        self = value
    }
}

extension String: StateValue {
    public var stateTree: StateTree { .text(self) }

    public init?(_ tree: StateTree) {
        guard case .text(let value) = tree else { return nil }
        self = value
    }
}

extension Tensor: StateValue {
    public var stateTree: StateTree { .tensor(self) }

    public init?(_ tree: StateTree) {
        guard case .tensor(let value) = tree else { return nil }
        self = value
    }
}

/// For callbacks and transforms that draw random numbers.
extension RandomKey: StateValue {
    public var stateTree: StateTree { .unsigned(bits) }

    public init?(_ tree: StateTree) {
        guard case .unsigned(let bits) = tree else { return nil }
        self.init(bits: bits)
    }
}

extension Array: StateValue where Element: StateValue {
    public var stateTree: StateTree { .list(map(\.stateTree)) }

    public init?(_ tree: StateTree) {
        guard case .list(let trees) = tree else { return nil }
        self = []
        for tree in trees {
            guard let value = Element(tree) else { return nil }
            append(value)
        }
    }
}

extension Dictionary: StateValue where Key == String, Value: StateValue {
    public var stateTree: StateTree { .record(mapValues(\.stateTree)) }

    public init?(_ tree: StateTree) {
        guard case .record(let record) = tree else { return nil }
        self = [:]
        for (key, tree) in record {
            guard let value = Value(tree) else { return nil }
            self[key] = value
        }
    }
}

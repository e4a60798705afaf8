import Cognitron

/// The layers of a functional model of Keras's and the values that they are called on.
struct KerasGraph {
    /// An output of a call: `["dense", 0, 0]`.
    private struct Reference: Hashable {
        let layer: String
        let call: Int
        let output: Int
    }

    /// A call of a layer.
    private struct Call {
        var inputs: [Reference] = []
        var masks: [Reference] = []
        var flags: [JSONValue.Member] = []
    }

    private struct Entry {
        let name: String
        let kind: String
        let object: JSONValue
        let calls: [Call]
        /// A model has a call of its own before those that are listed.
        let isModel: Bool
        /// The module of an operation of `keras.ops`; nil of a layer.
        let operation: String?
        var layer: (any AnyLayer)?
        var input: Input?
        /// The outputs of each call that has been made.
        var outputs: [Int: [SymbolicTensor]] = [:]
    }

    private var entries: [Entry] = []
    private var places: [String: Int] = [:]
    private let config: JSONValue
    private let scope: KerasScope

    /// The layers in the file's order.
    var layers: [any AnyLayer] { entries.compactMap(\.layer) }

    /// Reads the layers.
    init(_ config: JSONValue, _ scope: KerasScope) throws {
        (self.config, self.scope) = (config, scope)
        for object in try config["layers"]?.require(\.list, "layers") ?? [] {
            let module = object["module"]?.string ?? ""
            let kind = object["class_name"]?.string ?? ""
            guard let name = object["name"]?.string ?? object[["config", "name"]]?.string else {
                throw KerasMisfit("a layer without a name")
            }
            let nodes = object["inbound_nodes"]?.list ?? []
            let isOperation = module.contains(".ops")
            let calls = nodes.map { node in
                isOperation
                    ? Call(inputs: Self.nested(node)) : Self.call(node, scope, "\(name) (\(kind))")
            }
            guard places.updateValue(entries.count, forKey: name) == nil else {
                throw KerasMisfit("two layers are called \(name.quoted)")
            }
            entries.append(
                Entry(
                    name: name, kind: kind, object: object, calls: calls,
                    isModel: kind == "Functional" || kind == "Model",
                    operation: isOperation ? module : nil))
        }
        for place in entries.indices { try makeLayer(place) }
        scope.noteFrozen(entries.compactMap { entry in entry.layer.map { (entry.object, $0) } })
    }

    private mutating func makeLayer(_ place: Int) throws {
        let entry = entries[place]
        guard entry.operation == nil else { return }
        if entry.kind == "InputLayer" {
            entries[place].input = try KerasInput(entry.object, entry.name).input
            return
        }
        let flags = entry.calls.first?.flags ?? []
        if entry.calls.contains(where: { $0.flags != flags }) {
            scope.problem("\(entry.name) (\(entry.kind)): called in two ways: give each a layer of its own")
        }
        entries[place].layer = scope.layer(of: entry.object, name: entry.name, flags: flags)
    }
}

// MARK: - Calls

extension KerasGraph {
    private static func call(_ node: JSONValue, _ scope: KerasScope, _ layer: String) -> Call {
        var call = Call()
        // Keras 2 lists `[name, call, output, arguments]`.
        if node.list != nil {
            for reference in nested(node) {
                call.inputs.append(reference)
            }
            for values in node.list ?? [] {
                read((values.list?.dropFirst(3).first)?.members ?? [], into: &call, scope, layer)
            }
            return call
        }
        for argument in node["args"]?.list ?? [] { read(argument, into: &call, scope, layer) }
        let arguments = node["kwargs"]?.members ?? []
        read(arguments, into: &call, scope, layer)
        return call
    }

    /// Reads an argument: values, or lists of them.
    private static func read(
        _ argument: JSONValue, into call: inout Call, _ scope: KerasScope, _ layer: String
    ) {
        if let reference = reference(argument) {
            call.inputs.append(reference)
        } else if let list = argument.list {
            for value in list { read(value, into: &call, scope, layer) }
        } else if argument != .null {
            scope.problem("\(layer): called on \(argument.brief), which is no value of the model")
        }
    }

    private static func read(
        _ arguments: [JSONValue.Member], into call: inout Call, _ scope: KerasScope, _ layer: String
    ) {
        // In the order of Keras's arguments, whatever that of the file.
        for name in ["inputs", "query", "value", "key", "initial_state"] {
            for argument in arguments where argument.key == name {
                read(argument.value, into: &call, scope, layer)
            }
        }
        for argument in arguments {
            switch argument.key {
            case "inputs", "query", "value", "key", "initial_state": break
            case "mask", "query_mask", "value_mask", "key_mask":
                call.masks += nested(argument.value)
            // Keras's predict overrides it.
            case "training": break
            case "use_causal_mask", "return_attention_scores": call.flags.append(argument)
            default:
                guard !argument.value.isNothing else { break }
                scope.problem("\(layer): the argument \(argument.key) of its call cannot be read")
            }
        }
    }

    private static func reference(_ value: JSONValue) -> Reference? {
        let history = value["class_name"] == "__keras_tensor__" ? value[["config", "keras_history"]] : value
        guard let parts = history?.list, parts.count >= 3, let name = parts[0].string,
            let call = parts[1].int,
            let output = parts[2].int
        else { return nil }
        return Reference(layer: name, call: call, output: output)
    }

    /// All references in lists and objects, at most as deep as JSON is.
    private static func nested(_ value: JSONValue) -> [Reference] {
        if let reference = reference(value) { return [reference] }
        return value.list?.flatMap(nested) ?? value.members?.flatMap { nested($0.value) } ?? []
    }
}

// MARK: - Values

extension KerasGraph {
    /// The inputs and outputs of the model; nil where some cannot be made, which is then a problem.
    mutating func resolve() throws -> (inputs: [any Symbolic], outputs: [any Symbolic])? {
        let (inputs, outputs) = (
            Self.nested(config["input_layers"] ?? []), Self.nested(config["output_layers"] ?? [])
        )
        guard !inputs.isEmpty, !outputs.isEmpty else {
            throw KerasMisfit("a model without inputs or outputs")
        }
        if config["output_layers"]?.members != nil {
            scope.note("the names of its outputs: they are called after their layers")
        }
        let masked = maskedInputs
        for entry in entries {
            for mask in entry.calls.flatMap(\.masks) { check(mask, of: entry, masked) }
        }
        guard scope.problems.isEmpty else { return nil }
        let sources = try inputs.map { reference -> any Symbolic in
            guard let place = places[reference.layer], let input = entries[place].input else {
                throw KerasMisfit("\(reference.layer.quoted) is no input")
            }
            return input
        }
        var results: [any Symbolic] = []
        for reference in outputs {
            try make(reference, isOutput: true)
            if let value = try value(reference, isOutput: true) { results.append(value) }
        }
        return results.count == outputs.count && scope.problems.isEmpty ? (sources, results) : nil
    }

    /// The entry and the number of the call that a reference means.
    private func call(_ reference: Reference, isOutput: Bool) throws -> (place: Int, call: Int) {
        guard let place = places[reference.layer] else {
            throw KerasMisfit("there is no layer called \(reference.layer.quoted)")
        }
        let entry = entries[place]
        let call = reference.call - (entry.isModel && isOutput ? 1 : 0)
        guard call >= 0, reference.output >= 0, entry.input != nil || call < entry.calls.count else {
            throw KerasMisfit("\(reference.layer.quoted) is not called \(reference.call + 1) times")
        }
        return (place, call)
    }

    /// The value that a reference means; nil where its call has not been made.
    private func value(_ reference: Reference, isOutput: Bool = false) throws -> (any Symbolic)? {
        let (place, call) = try call(reference, isOutput: isOutput)
        if let input = entries[place].input { return input }
        guard let values = entries[place].outputs[call] else { return nil }
        guard reference.output < values.count else {
            throw KerasMisfit(
                "\(reference.layer.quoted) has \(values.count) outputs, not \(reference.output + 1)")
        }
        return values[reference.output]
    }

    /// Makes a call after those whose values it needs; with a stack of its own, for recursion could overflow
    /// the program's.
    private mutating func make(_ reference: Reference, isOutput: Bool) throws {
        var stack = [try call(reference, isOutput: isOutput)]
        var isOpen: Set<[Int]> = []
        while let (place, call) = stack.last {
            let entry = entries[place]
            if entry.input != nil || entry.outputs[call] != nil {
                stack.removeLast()
                continue
            }
            guard let layer = entry.layer else {
                scope.problem(
                    "\(entry.name) (\(entry.kind)): an operation of "
                        + "\(entry.operation ?? "Keras"), not a layer"
                )
                return
            }
            let inputs = entry.calls[call].inputs
            guard !inputs.isEmpty else { throw KerasMisfit("\(entry.name.quoted) is called on nothing") }
            let values = try inputs.compactMap { try value($0) }
            if values.count == inputs.count {
                entries[place].outputs[call] = layer.outputs(of: values)
                stack.removeLast()
                continue
            }
            guard isOpen.insert([place, call]).inserted else {
                throw KerasMisfit("\(entry.name.quoted) depends on its own output")
            }
            for input in inputs where try value(input) == nil {
                stack.append(try self.call(input, isOutput: false))
            }
        }
    }

    /// The inputs of layers that make masks.
    private var maskedInputs: Set<Reference> {
        let makers = entries.filter {
            $0.kind == "Masking" || $0.kind == "Embedding" && $0.object[["config", "mask_zero"]] == true
        }
        return Set(makers.flatMap { $0.calls.flatMap(\.inputs) })
    }

    /// Reports a mask that Keras did not make by itself from an `Embedding` or a `Masking`.
    private func check(_ mask: Reference, of entry: Entry, _ masked: Set<Reference>) {
        var (rest, count) = ([mask], 0)
        while let reference = rest.popLast() {
            count += 1
            guard let place = places[reference.layer], count < 1 << 10 else { break }
            if entries[place].operation == nil {
                if masked.contains(reference) { continue }
                return scope.problem("\(entry.name) (\(entry.kind)): called with a mask of its own")
            }
            rest += entries[place].calls.flatMap(\.inputs)
        }
    }
}

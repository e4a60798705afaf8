import Cognitron

// What layers are called on, in the forms of Keras 3 and Keras 2.

extension KerasGraph {
    static func call(_ node: JSONValue, _ scope: KerasScope, _ layer: String) -> Call {
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

    static func reference(_ value: JSONValue) -> Reference? {
        let history = value["class_name"] == "__keras_tensor__" ? value[["config", "keras_history"]] : value
        guard let parts = history?.list, parts.count >= 3, let name = parts[0].string,
            let call = parts[1].int,
            let output = parts[2].int
        else { return nil }
        // Numbers out of all bounds are refused where they are looked up.
        func bounded(_ number: Int) -> Int { min(max(number, -1), 1 << 24) }
        return Reference(layer: name, call: bounded(call), output: bounded(output))
    }

    /// All references in lists and objects, at most as deep as JSON is.
    static func nested(_ value: JSONValue) -> [Reference] {
        if let reference = reference(value) { return [reference] }
        return value.list?.flatMap(nested) ?? value.members?.flatMap { nested($0.value) } ?? []
    }
}

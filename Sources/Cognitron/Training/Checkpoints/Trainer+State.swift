// The state from which a training is resumed to the same bits.

extension Trainer: Stateful {
    /// The networks' parameters, random streams and layers' states, the optimizers with their slots, the
    /// gradient transforms, the step's sums, and the numbers of epochs and steps.
    public func saveState() -> StateTree {
        [
            "format": .integer(1), "key": .unsigned(key.bits), "epochsTrained": .integer(epochsTrained),
            "stepsTaken": .integer(stepsTaken), "sourcePosition": .integer(sourcePosition),
            "networks": .record(
                Dictionary(uniqueKeysWithValues: networks.map { ($0.name, $0.value.saveState()) })),
            "optimizers": .record(
                Dictionary(uniqueKeysWithValues: optimizers.map { ($0.name, $0.value.saveState()) })),
            "gradients": .record(transforms.mapValues { .list($0.filter(\.isKept).map(\.state)) }),
            "step": step.saveState(),
        ]
    }

    /// Restores the state that a trainer of the same networks saved.
    ///
    /// - Throws: `CognitronError` where the state is of another trainer. Parts may have been restored before
    ///   the error: do not train on after one.
    public func restore(_ state: StateTree) throws {
        let format: Int = try state.get("format")
        guard format == 1 else {
            throw CognitronError(
                .file, "state", "was written by another version", expected: "format 1", got: "\(format)")
        }
        let (models, rules): (StateTree, StateTree) = (try state.get("networks"), try state.get("optimizers"))
        for (name, model) in networks { try model.restore(try models.get(name)) }
        for (name, optimizer) in optimizers {
            try optimizer.restore(try rules.get(name), for: networks[name].parameters)
        }
        let gradients: StateTree = try state.get("gradients")
        for name in networks.names { try restoreTransforms(name, try gradients.get(name)) }
        try step.restore(try state.get("step"))
        key = RandomKey(bits: try state.get("key"))
        (epochsTrained, stepsTaken) = (try state.get("epochsTrained"), try state.get("stepsTaken"))
        sourcePosition = try state.get("sourcePosition")
    }
}

extension Model {
    fileprivate func saveState() -> StateTree {
        [
            "parameters": .record(
                Dictionary(
                    uniqueKeysWithValues: namedParameters.map { ($0.path, .tensor($0.parameter.value)) })),
            "streams": .record(
                Dictionary(namedStreams(path: "").map { ($0.path, $0.stream.current.tree) }) { a, _ in a }),
            "states": .record(
                Dictionary(
                    namedStates(path: "").map { ($0.path, .list($0.state.value.map { [.tensor($0)] } ?? [])) }
                ) {
                    a, _ in a
                }),
        ]
    }

    fileprivate func restore(_ state: StateTree) throws {
        let tensors: [String: Tensor] = try state.get("parameters")
        let (streams, states): ([String: StateTree], [String: [Tensor]]) = (
            try state.get("streams"), try state.get("states")
        )
        try (self as? Sequential)?.buildFromInput()
        let named = namedParameters
        let differences =
            named.compactMap { path, parameter -> String? in
                guard let tensor = tensors[path] else { return "\(path) is missing" }
                return tensor.shape == parameter.shape
                    ? nil : "\(path): the model has \(parameter.shape), the state \(tensor.shape)"
            } + Set(tensors.keys).subtracting(named.map(\.path)).sorted().map { "\($0) is not in the model" }
        guard differences.isEmpty else {
            throw CognitronError(
                .model, displayName,
                "the state is of another model:\n  " + differences.joined(separator: "\n  ") + "\n",
                advice: "build the model as it was")
        }
        for (path, parameter) in named { if let tensor = tensors[path] { parameter.value = tensor } }
        for (path, stream) in namedStreams(path: "") {
            if let state = streams[path] { stream.current = try RandomStream.State(state) }
        }
        for (path, layerState) in namedStates(path: "") { layerState.value = states[path]?.first }
    }
}

extension RandomStream.State {
    fileprivate var tree: StateTree {
        var tree: [String: StateTree] = ["round": .integer(round)]
        if let key { tree["key"] = .unsigned(key.bits) }
        return .record(tree)
    }

    fileprivate init(_ tree: StateTree) throws {
        let bits: UInt64? = try tree.getIfPresent("key")
        self.init(key: bits.map(RandomKey.init(bits:)), round: try tree.get("round"))
    }
}

// MARK: - With the run

extension Trainer {
    /// The state of the trainer and of the running `fit`, which a checkpoint holds.
    func saveRun() -> StateTree {
        guard let run else { return ["trainer": saveState()] }
        return [
            "trainer": saveState(), "epoch": .integer(run.epoch), "batch": .integer(run.batch),
            "scores": run.scores.state, "history": run.history.tree,
            "callbacks": .list(
                run.statefulCallbacks.map { ["type": StateTree($0.type), "state": $0.callback.saveState()] }),
        ]
    }

    /// Restores the newest checkpoint in a folder, if there is one.
    ///
    /// - Throws: `CognitronError` where the checkpoint is of another training.
    func resume(from folder: String) throws {
        guard let state = try CheckpointFolder(folder).latest() else { return }
        guard let run else { return }
        try restore(try state.get("trainer"))
        try run.scores.restore(try state.get("scores"))
        run.history = try History(try state.get("history"))
        (run.epoch, run.batch) = (try state.get("epoch"), try state.get("batch"))
        try run.restoreCallbacks(try state.get("callbacks"), folder)
        if run.callbacks.contains(where: { ($0 as? EarlyStopping)?.stoppedEpoch != nil }) {
            stopTraining = true
        }
    }
}

extension RunPosition {
    /// The callbacks that have a state, with the names of their types. They are matched by type and order, so
    /// that stateless callbacks may be added or left out.
    fileprivate var statefulCallbacks: [(type: String, callback: any Stateful)] {
        callbacks.compactMap { callback in
            (callback as? any Stateful).map { (String(reflecting: type(of: callback)), $0) }
        }
    }

    /// Restores the states of those callbacks that have one among `states`, which another rank's callbacks
    /// had: it also has those that write files.
    func restoreOwnCallbacks(_ states: [StateTree]) throws {
        var left = try states.map {
            (type: try $0.get("type", as: String.self), state: try $0.get("state", as: StateTree.self))
        }
        for (type, callback) in statefulCallbacks {
            guard let index = left.firstIndex(where: { $0.type == type }) else { continue }
            try callback.restore(left.remove(at: index).state)
        }
    }

    /// Restores the callbacks' states. `BackupAndRestore` may be missing in either.
    ///
    /// - Throws: `CognitronError` where another callback has no state, or a state has no callback.
    fileprivate func restoreCallbacks(_ states: [StateTree], _ folder: String) throws {
        let backup = String(reflecting: BackupAndRestore.self)
        let saved = try states.map {
            (type: try $0.get("type", as: String.self), state: try $0.get("state", as: StateTree.self))
        }
        let (needed, own) = (
            saved.map(\.type).filter { $0 != backup }, statefulCallbacks.map(\.type).filter { $0 != backup }
        )
        guard needed.sorted() == own.sorted() else {
            throw CognitronError(
                .file, folder, "the checkpoint is of a training with other callbacks",
                expected: needed.isEmpty ? "none that keep a state" : needed.joined(separator: ", "),
                got: own.isEmpty ? "none" : own.joined(separator: ", "), advice: "give fit the same callbacks"
            )
        }
        try restoreOwnCallbacks(states)
    }
}

extension History {
    fileprivate var tree: StateTree { ["epochs": StateTree(epochs), "scores": StateTree(scores)] }

    init(_ tree: StateTree) throws {
        self.init(epochs: try tree.get("epochs"), scores: try tree.get("scores"))
    }
}

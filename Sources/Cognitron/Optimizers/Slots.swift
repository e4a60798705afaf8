/// The arrays that an optimizer keeps beside each parameter, by name, and how often it has moved the
/// parameter.
///
///     slots[parameter, "velocity"] *= 0.9           // in place
///
/// An array is made, filled with zeros, when it is first asked for. Parameters are referenced weakly: an
/// optimizer does not retain the models it has trained, and frees the slots of parameters that were freed.
public final class Slots {
    private var entries: [ObjectIdentifier: Entry] = [:]
    /// The number of entries from which on freed parameters' entries are removed.
    private var sweepCount = 16
    private var entriesMade = 0
    /// Restored slots of parameters that have not been seen yet.
    private var waiting: [SavedSlots] = []

    init() {}

    /// The array called `name` that belongs to `parameter`.
    ///
    /// - Parameters:
    ///   - shape: by default the parameter's.
    ///   - initial: what every element is at first.
    public subscript(_ parameter: Parameter, _ name: String, shape shape: Shape? = nil,
        initial initial: Float = 0
    )
        -> Tensor
    {
        get {
            let entry = entry(of: parameter)
            return entry.arrays[entry.index(of: name, shape ?? parameter.shape, initial)].value
        }
        _modify {
            let entry = entry(of: parameter)
            yield &entry.arrays[entry.index(of: name, shape ?? parameter.shape, initial)].value
        }
    }

    /// How often the optimizer has moved `parameter`, the step that is being taken included.
    ///
    /// Keras counts all parameters' steps together. Here each has its own count, so that a bias correction
    /// fits a layer that is unfrozen late, and a second model.
    public func steps(of parameter: Parameter) -> Int { entry(of: parameter).steps }

    /// The number of parameters that have slots, freed ones that have not been removed yet included.
    var entryCount: Int { entries.count }

    func countStep(of parameter: Parameter) { entry(of: parameter).steps += 1 }

    private func entry(of parameter: Parameter) -> Entry {
        let key = parameter.identity
        // An identity can be reused after its parameter is freed.
        if let found = entries[key], found.isAlive { return found }
        if entries.count >= sweepCount { removeDeadEntries() }
        entriesMade += 1
        let entry = Entry(parameter, number: entriesMade)
        if let index = waiting.firstIndex(where: { $0.fits(parameter) }) {
            entry.take(waiting.remove(at: index))
        }
        entries[key] = entry
        return entry
    }

    private func removeDeadEntries() {
        entries = entries.filter { $0.value.isAlive }
        sweepCount = max(16, 2 * entries.count)
    }
}

/// What belongs to one parameter, or to several that are tied.
private final class Entry {
    private weak var owner: AnyObject?
    let path: String
    let shape: Shape
    /// Entries are saved in the order they were made.
    let number: Int
    var steps = 0
    var arrays: [(name: String, value: Tensor)] = []

    init(_ parameter: Parameter, number: Int) {
        owner = parameter.identityObject
        (path, shape) = (parameter.name, parameter.shape)
        self.number = number
    }

    var isAlive: Bool { owner != nil }

    /// The place of an array, which is made where it is missing. One that was restored with another shape is
    /// made anew: kernels rely on the shape.
    func index(of name: String, _ shape: Shape, _ initial: Float) -> Int {
        let found = arrays.firstIndex { $0.name == name }
        if let found, arrays[found].value.shape == shape { return found }
        let made = (name, Tensor(repeating: initial, shape: shape))
        if let found {
            arrays[found] = made
            return found
        }
        arrays.append(made)
        return arrays.count - 1
    }

    func take(_ saved: SavedSlots) {
        steps = saved.steps
        arrays = saved.arrays.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

// MARK: - State

/// What a state holds of one parameter.
private struct SavedSlots {
    let path: String
    let shape: Shape
    let steps: Int
    let arrays: [String: Tensor]

    func fits(_ parameter: Parameter) -> Bool { path == parameter.name && shape == parameter.shape }

    var stateTree: StateTree {
        [
            "path": StateTree(path), "shape": StateTree(Array(shape)), "steps": StateTree(steps),
            "arrays": StateTree(arrays),
        ]
    }
}

extension SavedSlots {
    init(_ tree: StateTree) throws {
        path = try tree.get("path")
        shape = Shape(try tree.get("shape", as: [Int].self))
        steps = try tree.get("steps")
        arrays = try tree.get("arrays")
        guard steps >= 0 else {
            throw CognitronError(
                .file, "state", "impossible steps of \(path)", expected: "at least 0", got: "\(steps)")
        }
    }
}

extension Slots {
    /// Every living parameter's slots, then those restored for parameters that have not been seen yet.
    var saved: StateTree {
        let seen = entries.values.filter(\.isAlive).sorted { $0.number < $1.number }.map { entry in
            SavedSlots(
                path: entry.path, shape: entry.shape, steps: entry.steps,
                arrays: Dictionary(uniqueKeysWithValues: entry.arrays.map { ($0.name, $0.value) }))
        }
        return .list((seen + waiting).map(\.stateTree))
    }

    /// Replaces all slots. Each parameter's are kept by its path and shape until it is first seen; of several
    /// with one path, the first seen takes the first.
    ///
    /// - Throws: `CognitronError` where the state is damaged, or one of `parameters` has another shape in it.
    ///   The slots then are as they were.
    func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let saved = try [StateTree](state)?.map { try SavedSlots($0) }
        guard let saved else {
            throw CognitronError(.file, "state", "slots are of another type", expected: "a list")
        }
        for parameter in parameters {
            let ofPath = saved.filter { $0.path == parameter.name }
            guard let other = ofPath.first, !ofPath.contains(where: { $0.fits(parameter) }) else { continue }
            throw CognitronError(
                .shape, parameter.name, "the optimizer's state is of another shape",
                expected: "\(parameter.shape)", got: "\(other.shape)",
                advice: "restore it for the model that it was saved with")
        }
        (entries, waiting) = ([:], saved)
        for parameter in parameters where saved.contains(where: { $0.fits(parameter) }) {
            _ = entry(of: parameter)
        }
    }
}

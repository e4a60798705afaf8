import CognitronKernels
import Synchronization

/// One array that a layer owns: a weight that training changes, or a statistic that it gathers.
///
/// The layer makes it, `build` declares its shape and initializer, and its numbers are drawn when they are
/// first needed, with the seed that the model was compiled with.
///
/// `@unchecked Sendable`: while a model trains, only the thread that trains it writes; while it predicts,
/// nobody does. Numbers that are drawn late may be asked for by several threads at once: they are behind a
/// lock.
public final class Parameter: @unchecked Sendable {
    /// What two parameters that are tied have in common: everything.
    private var storage = Storage()

    public init() {}

    /// The model's and layer's names and the parameter's own, as it was first declared: `conv2d_3/kernel`.
    public var name: String { storage.name }
    public var shape: Shape { storage.shape }

    /// The name within its layer: `kernel`.
    var ownName: String { Self.last(name) }

    /// The name within one of the layers that share it, each of which may call it otherwise.
    ///
    /// - Parameter path: the layer's own with a slash; that of a layer in a model that was built as part of
    ///   another may lack what that other put before it.
    func ownName(in path: String) -> String {
        let names = storage.names
        let fitting = names.count < 2 ? nil : names.first { "/\($0)".hasSuffix("/\(path)\(Self.last($0))") }
        return Self.last(fitting ?? name)
    }

    private static func last(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? name
    }

    /// Whether optimizers change the parameter. Set it to false to freeze the parameter. Statistics never are
    /// trainable; freezing them says that the layer is not to gather them.
    public var isTrainable: Bool {
        get { !isFrozen && !isStatistic }
        set { storage.isFrozen = !newValue }
    }

    /// Whether `isTrainable` was set to false.
    var isFrozen: Bool { storage.isFrozen }

    /// Whether it is a statistic, such as a moving mean, rather than a weight.
    public var isStatistic: Bool { storage.isStatistic }

    /// What the loss is charged for the value, and what the value is brought back to after every step.
    public var regularizer: Regularizer? { storage.regularizer }
    public var constraint: Constraint? { storage.constraint }

    /// Whether `build` has given it a shape.
    public var isDeclared: Bool { storage.isDeclared }

    /// Equal for parameters that are tied, and for no others.
    package var identity: ObjectIdentifier { ObjectIdentifier(storage) }

    /// What has that identity, and lives as long as one of the tied parameters.
    var identityObject: AnyObject { storage }

    /// Makes this parameter the same as another: one value, one gradient, one name. Layers that share a
    /// weight are given one `Parameter`; a model that is read from a file has made one for each, and ties
    /// them again.
    func tie(to other: Parameter) { storage = other.storage }

    /// The numbers. The shape of a new value must be the parameter's.
    public var value: Tensor {
        get { storage.value() }
        set {
            require(isDeclared, "a parameter has no value before its model is built: compile it first")
            require(
                newValue.shape == shape, "\(name): a value of shape \(newValue.shape), expected \(shape)")
            storage.setValue(newValue)
        }
    }

    /// The gradient gathered since the last optimizer step; zeros where none was.
    public var gradient: Tensor {
        get { gathered ?? Tensor.zeros(shape) }
        set {
            require(
                newValue.shape == shape, "\(name): a gradient of shape \(newValue.shape), expected \(shape)")
            storage.gradient = newValue
            storage.hasGradient = true
        }
    }

    /// Whether a gradient has been gathered since the last optimizer step.
    public var hasGradient: Bool { storage.hasGradient }

    /// The gradient, where one was gathered.
    private var gathered: Tensor? { storage.hasGradient ? storage.gradient : nil }

    /// Adds to the gradient. Does nothing for a parameter that is not trainable.
    public func accumulate(_ gradient: Tensor) {
        require(
            gradient.shape == shape, "\(name): a gradient of shape \(gradient.shape), expected \(shape)")
        guard isTrainable else { return }
        if storage.hasGradient { storage.gradient? += gradient } else { self.gradient = gradient }
    }

    /// Whether the gradient gathered so far, if any, holds finite numbers only.
    var hasFiniteGradient: Bool { gathered?.isFinite != false }

    /// Forgets the gradient.
    public func clearGradient() { storage.hasGradient = false }
}

// Changing numbers where they lie.
extension Parameter {
    /// Lets a kernel add to the gradient in place: it is to compute `gradient ← beta · gradient + new`, where
    /// a beta of 0 means that the memory holds nothing yet.
    package func accumulate(_ kernel: (_ gradient: UnsafeMutablePointer<Float>, _ beta: Float) -> Void) {
        guard isTrainable else { return }
        var gradient = storage.gradient.take() ?? Tensor(uninitialized: shape)
        kernel(gradient.mutablePointer, storage.hasGradient ? 1 : 0)
        storage.gradient = gradient
        storage.hasGradient = true
    }

    /// Lets an optimizer change the value in place, given the gradient. Does nothing where no gradient was
    /// gathered or the parameter is frozen. Afterwards the constraint holds again, and the gradient is
    /// forgotten.
    ///
    ///     parameter.update { value, gradient in value -= gradient * learningRate }
    ///
    /// The parameter is locked meanwhile: `rule` must not ask it for its value.
    public func update(_ rule: (_ value: inout Tensor, _ gradient: Tensor) -> Void) {
        defer { storage.hasGradient = false }
        guard isTrainable, let gathered else { return }
        storage.mutate { value in
            rule(&value, gathered)
            require(value.shape == shape, "\(name): a value of shape \(value.shape), expected \(shape)")
            if let constraint { value = constraint.apply(to: value) }
        }
    }

    /// Lets the owner change the value in place.
    package func mutateValue(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        storage.mutate { body($0.mutablePointer) }
    }

    /// A number that changes whenever the value of any parameter does.
    static var globalVersion: Int { Storage.changesOfAll.load(ordering: .relaxed) }

    /// A number that changes whenever the value does.
    var version: Int { storage.changes.load(ordering: .relaxed) }
}

// What building a model does.
extension Parameter {
    /// What `build` says about a parameter.
    struct Declaration {
        var name: String
        var shape: Shape
        var initializer: Initializer
        var isStatistic: Bool
        var regularizer: Regularizer?
        var constraint: Constraint?
    }

    /// Called by `build`. A parameter declared before (a layer used twice) keeps its value and must keep its
    /// shape; returns false where it would not.
    func declare(_ declaration: Declaration) -> Bool {
        guard !isDeclared else {
            storage.note(declaration.name)
            return declaration.shape == shape
        }
        storage.declare(declaration)
        return true
    }

    /// Called where building failed after this parameter was declared.
    func undeclare() { storage.undeclare() }

    /// Called by compile: the key that the numbers will be drawn with, unless they have been drawn or set
    /// already.
    func assign(_ key: RandomKey) { storage.assign(key) }
}

extension Parameter {
    /// The numbers and what is known about them.
    ///
    /// `@unchecked Sendable` as `Parameter` is.
    private final class Storage: @unchecked Sendable {
        private enum State {
            case undeclared
            case declared(RandomKey?)  // with the key that compile chose, if it ran
            case ready(Tensor)
        }

        private let state = Mutex(State.undeclared)
        /// All that it was declared as, the first first.
        private let allNames = Mutex<[String]>([])
        private var declaration = Declaration(
            name: "undeclared", shape: [0], initializer: .zeros, isStatistic: false)
        /// How often the value has changed.
        let changes = Atomic<Int>(0)
        /// The same of all parameters together: while it stands still, so do all of them.
        static let changesOfAll = Atomic<Int>(0)

        var gradient: Tensor?
        var hasGradient = false
        var isFrozen = false

        var name: String { declaration.name }
        var shape: Shape { declaration.shape }
        var isStatistic: Bool { declaration.isStatistic }
        var regularizer: Regularizer? { declaration.regularizer }
        var constraint: Constraint? { declaration.constraint }
        var isDeclared: Bool { state.withLock { if case .undeclared = $0 { false } else { true } } }

        var names: [String] { allNames.withLock { $0 } }

        func note(_ name: String) {
            allNames.withLock { if !$0.contains(name) { $0.append(name) } }
        }

        func declare(_ new: Declaration) {
            declaration = new
            allNames.withLock { $0 = [new.name] }
            state.withLock { $0 = .declared(nil) }
        }

        func undeclare() { state.withLock { $0 = .undeclared } }

        func assign(_ key: RandomKey) {
            state.withLock { if case .declared = $0 { $0 = .declared(key) } }
        }

        func value() -> Tensor { state.withLock { drawn(&$0) } }

        func setValue(_ value: Tensor) {
            state.withLock { $0 = .ready(value) }
            noteChange()
        }

        func mutate(_ body: (inout Tensor) -> Void) {
            state.withLock { state in
                var tensor = drawn(&state)
                state = .undeclared  // releases the storage, so that it is written in place
                body(&tensor)
                state = .ready(tensor)
            }
            noteChange()
        }

        private func noteChange() {
            changes.add(1, ordering: .relaxed)
            Self.changesOfAll.add(1, ordering: .relaxed)
        }

        /// The numbers of a parameter in this state, which afterwards is `ready`.
        private func drawn(_ state: inout State) -> Tensor {
            switch state {
            case .ready(let tensor): return tensor
            case .undeclared:
                fail("a parameter has no value before its model is built: compile it first")
            case .declared(let key):
                let tensor = declaration.initializer.make(shape, key: key ?? RandomKey.system())
                state = .ready(tensor)
                return tensor
            }
        }
    }
}

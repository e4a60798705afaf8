import Cognitron

/// What a file of Python's pickle format describes, read without running anything: a pickle is a program that
/// may call any function, and here a call becomes an `Object` with the function's name and its arguments.
///
/// - Source: Python's pickletools.
package enum Pickle {
    package enum Value {
        case none
        case truth(Bool)
        case number(Int)
        case real(Double)
        /// A text, or bytes.
        case text(String)
        case list(Items)
        /// Keys and values by turns.
        case dictionary(Items)
        case tuple([Value], depth: Int)
        /// A class or function by its module and name.
        case global(String)
        case object(Object)
    }

    /// The elements of a list or dictionary.
    package final class Items {
        package fileprivate(set) var items: [Value] = []
        fileprivate var depth = 1
        /// Whether it lies within another value; then it has all its elements.
        fileprivate var isComplete = false
    }

    /// The result of a call that was not made, or of a persistent id.
    package final class Object {
        /// The function's name; nil for a persistent id, which is the only argument.
        package let callable: String?
        package let arguments: [Value]
        /// What the pickle sets the object's state to.
        package fileprivate(set) var state: Value?
        /// Keys and values that the pickle adds to it.
        package fileprivate(set) var items: [Value] = []
        fileprivate var depth: Int
        fileprivate var isComplete = false

        fileprivate init(_ callable: String?, _ arguments: [Value], depth: Int) {
            (self.callable, self.arguments, self.depth) = (callable, arguments, depth)
        }
    }

    /// What a reader accepts.
    package struct Rules {
        /// The globals that may be named, with their modules.
        package var globals: Set<String>
        /// How deep values may lie within one another. Deep values are released by recursion over them.
        package var deepest: Int
        /// What the file should hold, for messages.
        package var expected: String

        package init(globals: Set<String>, deepest: Int, expected: String) {
            (self.globals, self.deepest, self.expected) = (globals, deepest, expected)
        }
    }

    /// The value that a pickle describes. Takes at most 40 times the size of the bytes.
    ///
    /// - Parameter start: the pickle's first byte.
    /// - Throws: `CognitronError.file` where the pickle is damaged or names a global that the rules do not
    ///   have; the message then names all of them.
    package static func read(
        _ bytes: [UInt8], from start: Int = 0, path: String, _ rules: Rules
    ) throws -> Value {
        var machine = PickleMachine(bytes, path, from: start, rules)
        return try machine.run()
    }
}

extension Pickle.Value {
    /// How many values lie within one another.
    fileprivate var depth: Int {
        switch self {
        case .none, .truth, .number, .real, .text, .global: 0
        case .list(let items), .dictionary(let items): items.depth
        case .tuple(_, let depth): depth
        case .object(let object): object.depth
        }
    }

    /// Marks what lies within another value.
    fileprivate func complete() {
        switch self {
        case .list(let items), .dictionary(let items): items.isComplete = true
        case .object(let object): object.isComplete = true
        default: break
        }
    }
}

/// A machine with a stack that executes a pickle's instructions, calls excepted.
private struct PickleMachine {
    typealias Value = Pickle.Value

    private let bytes: [UInt8]
    private let path: String
    private let rules: Pickle.Rules
    private var position: Int
    private var stack: [Value] = []
    private var marks: [Int] = []
    private var memo: [Int: Value] = [:]
    private var refused: Set<String> = []

    init(_ bytes: [UInt8], _ path: String, from start: Int, _ rules: Pickle.Rules) {
        (self.bytes, self.path, self.rules, position) = (bytes, path, rules, start)
    }

    mutating func run() throws -> Value {
        do {
            while try step() {}
        } catch  where !refused.isEmpty {
            // What it calls for matters more than what follows.
        }
        guard refused.isEmpty else {
            let names = refused.sorted().prefix(20).map { String($0.prefix(80)) }
            throw CognitronError(
                .file, path, "its pickle calls for \(names.joined(separator: ", "))",
                expected: rules.expected,
                advice: "the file may be made to run a program; get it from its publisher")
        }
        return try top()
    }

    /// Executes one instruction; false at the end.
    private mutating func step() throws -> Bool {
        let code = try byte()
        switch code {
        case UInt8(ascii: "."): return false
        case 0x80: _ = try byte()
        case 0x95: try skip(8)
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop(1)
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "c"): push(global: try line() + "." + line())
        case 0x93: try pushStackGlobal()
        case UInt8(ascii: "Q"):
            let identity = try pop(1)
            stack.append(.object(Pickle.Object(nil, identity, depth: try depth(around: identity))))
        case UInt8(ascii: "R"), 0x81: try call()
        case UInt8(ascii: "b"): try build()
        default:
            if let value = try scalar(code) {
                stack.append(value)
            } else if try !collect(code) {
                try memorize(code)
            }
        }
        return true
    }

    /// The number, truth or text of an instruction; nil where it is another one.
    private mutating func scalar(_ code: UInt8) throws -> Value? {
        switch code {
        case UInt8(ascii: "K"): .number(Int(try byte()))
        case UInt8(ascii: "M"): .number(try unsigned(2))
        case UInt8(ascii: "J"): .number(Int(Int32(truncatingIfNeeded: try unsigned(4))))
        case 0x8A: .number(try longNumber())
        case UInt8(ascii: "I"), UInt8(ascii: "L"): try writtenNumber()
        case UInt8(ascii: "G"):
            .real(Double(bitPattern: try eightBytes().reduce(0) { $0 << 8 | UInt64($1) }))
        case UInt8(ascii: "N"): Value.none
        case 0x88, 0x89: .truth(code == 0x88)
        case UInt8(ascii: "U"), UInt8(ascii: "C"), 0x8C: .text(try text(try unsigned(1)))
        case UInt8(ascii: "T"), UInt8(ascii: "B"), UInt8(ascii: "X"): .text(try text(try unsigned(4)))
        default: nil
        }
    }

    /// Makes or extends a tuple, list or dictionary; false where the instruction is another one.
    private mutating func collect(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: ")"): try push(tuple: [])
        case UInt8(ascii: "t"): try push(tuple: popToMark())
        case 0x85, 0x86, 0x87: try push(tuple: pop(Int(code) - 0x84))
        case UInt8(ascii: "]"): stack.append(.list(Pickle.Items()))
        case UInt8(ascii: "}"): stack.append(.dictionary(Pickle.Items()))
        case UInt8(ascii: "l"), UInt8(ascii: "d"):
            let items = try popToMark()
            let isList = code == UInt8(ascii: "l")
            stack.append(isList ? .list(Pickle.Items()) : .dictionary(Pickle.Items()))
            try isList ? append(items) : setItems(items)
        case UInt8(ascii: "a"): try append(pop(1))
        case UInt8(ascii: "e"): try append(popToMark())
        case UInt8(ascii: "s"): try setItems(pop(2))
        case UInt8(ascii: "u"): try setItems(popToMark())
        default: return false
        }
        return true
    }

    private mutating func memorize(_ code: UInt8) throws {
        switch code {
        case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
        case UInt8(ascii: "r"): memo[try unsigned(4)] = try top()
        case UInt8(ascii: "p"): memo[Int(try line()) ?? -1] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): try recall(Int(byte()))
        case UInt8(ascii: "j"): try recall(unsigned(4))
        case UInt8(ascii: "g"): try recall(Int(line()) ?? -1)
        default: throw damaged("it has the instruction \(FileBytes.inWords([code]))")
        }
    }

    private mutating func recall(_ number: Int) throws {
        guard let value = memo[number] else { throw damaged("it names a value that it has not stored") }
        stack.append(value)
    }

    private mutating func append(_ items: [Value]) throws {
        guard case .list(let list) = try top(), !list.isComplete else {
            throw damaged("it appends to something else than a new list")
        }
        list.depth = max(list.depth, try depth(around: items))
        list.items += items
    }

    private mutating func setItems(_ items: [Value]) throws {
        guard items.count.isMultiple(of: 2) else { throw damaged("a key has no value") }
        let depth = try depth(around: items)
        switch try top() {
        case .dictionary(let dictionary) where !dictionary.isComplete:
            dictionary.depth = max(dictionary.depth, depth)
            dictionary.items += items
        case .object(let object) where !object.isComplete:
            object.depth = max(object.depth, depth)
            object.items += items
        default: throw damaged("it sets a key of something else than a new dictionary")
        }
    }

    private mutating func push(tuple items: [Value]) throws {
        stack.append(.tuple(items, depth: try depth(around: items)))
    }

    /// The depth of a value with these elements, whose own elements are complete from now on.
    private func depth(around items: [Value]) throws -> Int {
        var depth = 1
        for item in items {
            depth = max(depth, item.depth + 1)
            item.complete()
        }
        guard depth <= rules.deepest else { throw damaged("its values lie too deep within one another") }
        return depth
    }

    private mutating func pushStackGlobal() throws {
        guard case let names = try pop(2), case .text(let module) = names[0], case .text(let name) = names[1]
        else { throw damaged("a global has no name") }
        push(global: module + "." + name)
    }

    private mutating func push(global name: String) {
        if !rules.globals.contains(name), refused.count < 1_000 { refused.insert(name) }
        stack.append(.global(name))
    }

    /// Notes a call: of a function, or of a class to make an object of it.
    private mutating func call() throws {
        let called = try pop(2)
        guard case .global(let name) = called[0], case .tuple(let arguments, _) = called[1] else {
            throw damaged("it calls something without a name")
        }
        stack.append(.object(Pickle.Object(name, arguments, depth: try depth(around: arguments))))
    }

    private mutating func build() throws {
        let state = try pop(1)
        guard case .object(let object) = try top(), !object.isComplete else {
            throw damaged("it sets the state of something else than a new object")
        }
        object.depth = max(object.depth, try depth(around: state))
        object.state = state[0]
    }
}

// MARK: - The parts of instructions

extension PickleMachine {
    private func damaged(_ problem: String) -> CognitronError {
        CognitronError(
            .file, "\(path), byte \(position)", problem, expected: rules.expected,
            advice: Archive.damagedAdvice)
    }

    private func top() throws -> Value {
        guard let value = stack.last, stack.count > marks.last ?? 0 else {
            throw damaged("its stack is empty")
        }
        return value
    }

    private mutating func pop(_ count: Int) throws -> [Value] {
        guard stack.count - count >= marks.last ?? 0 else { throw damaged("its stack is empty") }
        defer { stack.removeLast(count) }
        return [Value](stack.suffix(count))
    }

    private mutating func popToMark() throws -> [Value] {
        guard let mark = marks.popLast() else { throw damaged("it has no mark") }
        defer { stack.removeLast(stack.count - mark) }
        return [Value](stack[mark...])
    }

    private mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw damaged("it is cut off") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func skip(_ count: Int) throws {
        guard bytes.count - position >= count else { throw damaged("it is cut off") }
        position += count
    }

    private mutating func eightBytes() throws -> ArraySlice<UInt8> {
        try skip(8)
        return bytes[position - 8..<position]
    }

    /// A little-endian number.
    private mutating func unsigned(_ count: Int) throws -> Int {
        let start = position
        try skip(count)
        return bytes[start..<position].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A number of up to eight bytes in two's complement.
    private mutating func longNumber() throws -> Int {
        let count = Int(try byte())
        guard count <= 8 else { throw damaged("a number is too long") }
        let value = try unsigned(count)
        let unused = 64 - 8 * count
        return count == 0 ? 0 : (value << unused) >> unused
    }

    private mutating func writtenNumber() throws -> Value {
        var text = try line()
        // Protocol 0 writes truths as numbers of two digits.
        if text == "00" || text == "01" { return .truth(text == "01") }
        if text.hasSuffix("L") { text.removeLast() }
        guard let number = Int(text) else { throw damaged("a number cannot be read") }
        return .number(number)
    }

    private mutating func text(_ count: Int) throws -> String {
        let start = position
        try skip(count)
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// The text up to the end of the line.
    private mutating func line() throws -> String {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw damaged("it is cut off")
        }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}

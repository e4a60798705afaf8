// Reads the one kind of pickle that Keras's archives hold: an array of lists of whole numbers, as NumPy
// stores arrays of `dtype=object`. Nothing is called or made but lists and numbers: the globals
// `numpy.ndarray`, `numpy.dtype` and `_reconstruct` are recognised by name, all others refused.
//
// Source: Python's pickletools; keras/src/datasets/npz_utils.py.

import Cognitron

struct NumPyPickle {
    private enum Value {
        case number(Int)
        case list(List)
        case tuple([Value], depth: Int)
        case global(String)
        case array(Array)
        /// Texts, truths and the like, whose values do not matter.
        case other(String = "")

        /// How many lists and tuples lie within one another.
        var depth: Int {
            switch self {
            case .number, .global, .other: 0
            case .list(let list): list.depth
            case .tuple(_, let depth): depth
            case .array: NumPyPickle.deepest - 1
            }
        }
    }

    private final class List {
        var items: [Value] = []
        var depth = 1
        /// Whether it lies within another value; then it has all its elements.
        var isComplete = false
    }

    private final class Array { var items: List? }

    /// Values that lie deeper would be released by recursion over them.
    private static let deepest = 6

    private let bytes: [UInt8]
    private let path: String
    private var position: Int
    private var stack: [Value] = []
    private var marks: [Int] = []
    private var memo: [Int: Value] = [:]

    private static let globals: Set<String> = [
        "numpy.ndarray", "numpy.dtype", "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
    ]

    /// The lists of a `.npy` file with an array of objects. Takes at most 40 times the file's size.
    static func lists(npy bytes: [UInt8], path: String) throws -> [[Int]] {
        let header = try NumPyHeader(bytes, path: path)
        guard header.type == .object else {
            throw CognitronError(
                .file, path, "it holds no lists", expected: "elements of type O",
                got: header.type.rawValue)
        }
        var pickle = NumPyPickle(bytes, path, from: header.end)
        return try pickle.read()
    }

    private init(_ bytes: [UInt8], _ path: String, from start: Int) {
        (self.bytes, self.path, position) = (bytes, path, start)
    }

    private mutating func read() throws -> [[Int]] {
        while try step() {}
        guard case .array(let array)? = stack.last, let items = array.items?.items else {
            throw damaged("it holds no array of lists")
        }
        // The same list may be named many times.
        var rest = bytes.count
        return try items.map { item in
            guard case .list(let list) = item else { throw damaged("an element is no list") }
            rest -= list.items.count
            guard rest >= 0 else { throw damaged("its lists are larger than the file") }
            return try list.items.map { number in
                guard case .number(let number) = number else {
                    throw damaged("a list holds more than whole numbers")
                }
                return number
            }
        }
    }

    /// Executes one instruction; false at the end.
    private mutating func step() throws -> Bool {
        let code = try byte()
        switch code {
        case UInt8(ascii: "."): return false
        case 0x80: _ = try byte()
        case 0x95: try skip(8)
        case UInt8(ascii: "K"): stack.append(.number(Int(try byte())))
        case UInt8(ascii: "M"): stack.append(.number(try unsigned(2)))
        case UInt8(ascii: "J"): stack.append(.number(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
        case 0x8A: stack.append(.number(try longNumber()))
        case UInt8(ascii: "I"), UInt8(ascii: "L"): stack.append(try writtenNumber())
        case UInt8(ascii: "N"), 0x88, 0x89, UInt8(ascii: "}"): stack.append(.other())
        case UInt8(ascii: "U"), UInt8(ascii: "C"), 0x8C: stack.append(.other(try text(try unsigned(1))))
        case UInt8(ascii: "T"), UInt8(ascii: "B"), UInt8(ascii: "X"):
            stack.append(.other(try text(try unsigned(4))))
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: ")"): try push(tuple: [])
        case UInt8(ascii: "t"): try push(tuple: popToMark())
        case 0x85, 0x86, 0x87: try push(tuple: pop(Int(code) - 0x84))
        case UInt8(ascii: "]"): stack.append(.list(List()))
        case UInt8(ascii: "l"):
            let items = try popToMark()
            stack.append(.list(List()))
            try extend(with: items)
        case UInt8(ascii: "a"): try extend(with: pop(1))
        case UInt8(ascii: "e"): try extend(with: popToMark())
        case UInt8(ascii: "0"): _ = try pop(1)
        case UInt8(ascii: "c"): try push(global: line() + "." + line())
        case 0x93: try pushStackGlobal()
        case UInt8(ascii: "R"): try reduce()
        case UInt8(ascii: "b"): try build()
        default: try memorize(code)
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

    private mutating func extend(with items: [Value]) throws {
        guard case .list(let list) = try top(), !list.isComplete else {
            throw damaged("it appends to something else than a new list")
        }
        list.depth = max(list.depth, try depth(around: items))
        list.items += items
    }

    private mutating func push(tuple items: [Value]) throws {
        stack.append(.tuple(items, depth: try depth(around: items)))
    }

    /// The depth of a value with these elements, whose lists cannot grow any more.
    private func depth(around items: [Value]) throws -> Int {
        var depth = 1
        for item in items {
            depth = max(depth, item.depth + 1)
            if case .list(let list) = item { list.isComplete = true }
        }
        guard depth <= Self.deepest else { throw damaged("its values lie too deep within one another") }
        return depth
    }

    private mutating func pushStackGlobal() throws {
        guard case let names = try pop(2), case .other(let module) = names[0],
            case .other(let name) = names[1]
        else { throw damaged("a global has no name") }
        try push(global: module + "." + name)
    }

    private mutating func push(global name: String) throws {
        guard Self.globals.contains(name) else {
            throw CognitronError(
                .file, path, "its pickle calls for \(name.prefix(80))", expected: "lists of whole numbers",
                advice: "the file may be made to run a program; get it from its publisher")
        }
        stack.append(.global(name))
    }

    private mutating func reduce() throws {
        let called = try pop(2)
        guard case .global(let name) = called[0] else { throw damaged("it calls something without a name") }
        stack.append(name.hasSuffix("_reconstruct") ? .array(Array()) : .other())
    }

    /// Sets the state of an array: (version, shape, type, order, list of its elements).
    private mutating func build() throws {
        let state = try pop(1)
        guard case .array(let array) = try top() else { return }
        guard case .tuple(let parts, _) = state[0], case .list(let items)? = parts.last else {
            throw damaged("an array's state is no list")
        }
        array.items = items
    }
}

// MARK: - The parts of instructions

extension NumPyPickle {
    private func damaged(_ problem: String) -> CognitronError {
        CognitronError(
            .file, "\(path), byte \(position)", problem,
            expected: "a pickled array of lists of whole numbers",
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

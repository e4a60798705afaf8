// Reads the one kind of pickle that Keras's archives hold: an array of lists of whole numbers, as NumPy
// stores arrays of `dtype=object`.
//
// Source: keras/src/datasets/npz_utils.py.

import Cognitron

enum NumPyPickle {
    private static let reconstructors: Set<String> = [
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    ]

    private static let rules = Pickle.Rules(
        globals: reconstructors.union(["numpy.ndarray", "numpy.dtype"]), deepest: 6,
        expected: "lists of whole numbers")

    /// The lists of a `.npy` file with an array of objects.
    static func lists(npy bytes: [UInt8], path: String) throws -> [[Int]] {
        let header = try NumPyHeader(bytes, path: path)
        guard header.type == .object else {
            throw CognitronError(
                .file, path, "it holds no lists", expected: "elements of type O",
                got: header.type.rawValue)
        }
        func damaged(_ problem: String) -> CognitronError {
            CognitronError(
                .file, path, problem, expected: "a pickled array of lists of whole numbers",
                advice: Archive.damagedAdvice)
        }
        // An array's state: (version, shape, type, order, list of its elements).
        guard case .object(let array) = try Pickle.read(bytes, from: header.end, path: path, rules),
            reconstructors.contains(array.callable ?? ""), case .tuple(let parts, _)? = array.state,
            case .list(let lists)? = parts.last
        else { throw damaged("it holds no array of lists") }
        // The same list may be named many times.
        var rest = bytes.count
        return try lists.items.map { item in
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
}

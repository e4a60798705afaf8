import Cognitron
import CognitronKernels

/// Divides texts into frequent pieces: parts of words, whole words, characters.
///
///     let encoding = BytePairEncoding(trainedOn: [text], merges: 2_000)
///     encoding.tokens(of: "the lowest")            // ["the", " low", "est"]
///
/// The tokens of a text, joined, are the text. Training starts with the characters (Unicode scalars) as tokens
/// and joins the most frequent pair of neighbours again and again; of equally frequent ones, that with the
/// lower numbers. Tokens do not cross from a word into the next; the space before a word belongs to it. A
/// character that training did not meet becomes the bytes of its UTF-8 form, such as `<0xE2>`: all of these
/// are in the vocabulary, so that no text has an unknown token.
///
/// Training takes some seconds for 10 MB of text.
///
/// - Source: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016);
///   the bytes after Kudo and Richardson, "SentencePiece" (2018).
public struct BytePairEncoding: Sendable {
    /// Two tokens, by their numbers, that are joined.
    struct Pair: Hashable, Sendable {
        let left: Int
        let right: Int
    }

    /// All tokens by number: the 256 bytes, the characters by code point, the joined pairs in their order.
    public let vocabulary: [String]
    static let byteCount = 256
    /// The characters that training met.
    private let alphabet: [Unicode.Scalar]
    private let merges: [Pair]

    // What encoding looks up.
    private let characters: [Unicode.Scalar: Int]
    private let ranks: [Pair: Int]

    /// Learns which tokens to join.
    ///
    /// - Parameters:
    ///   - texts: may be empty; then all texts become bytes.
    ///   - count: how many pairs are joined, at least 0; fewer where no pair occurs twice.
    public init(trainedOn texts: [String], merges count: Int) {
        require(count >= 0, "\(count) merges of byte pairs")
        var pieces: [[UInt8]: Int] = [:]
        for text in texts { TextPieces.forEach(in: text) { pieces[$0, default: 0] += 1 } }
        let met = pieces.keys.reduce(into: Set<Unicode.Scalar>()) { $0.formUnion(Self.scalars($1)) }
        let characters = Self(alphabet: Self.distinct(met.sorted()), merges: [])
        var trainer = BytePairTrainer(
            pieces.map { (characters.start($0), $1) }, vocabulary: characters.vocabulary)
        self.init(alphabet: characters.alphabet, merges: trainer.merges(count))
    }

    /// - Parameter merges: pairs of tokens that come before their own result.
    private init(alphabet: [Unicode.Scalar], merges: [Pair]) {
        (self.alphabet, self.merges) = (alphabet, merges)
        characters = Dictionary(uniqueKeysWithValues: zip(alphabet, Self.byteCount...))
        ranks = Dictionary(zip(merges, 0...), uniquingKeysWith: { first, _ in first })
        vocabulary = merges.reduce(into: Self.bytes + alphabet.map { String($0) }) {
            $0.append($0[$1.left] + $0[$1.right])
        }
    }

    /// The characters that differ as strings: the Kelvin sign is a K.
    private static func distinct(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var seen: Set<String> = []
        return scalars.filter { seen.insert(String($0)).inserted }
    }

    private static let bytes = (0..<byteCount).map { byte in
        "<0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))>"
    }

    /// The numbers of a text's tokens in the vocabulary.
    public func numbers(of text: String) -> [Int] {
        var (known, numbers): ([[UInt8]: [Int]], [Int]) = ([:], [])
        TextPieces.forEach(in: text) { piece in
            let found = known[piece] ?? joined(start(piece))
            known[piece] = found
            numbers += found
        }
        return numbers
    }

    /// The tokens of a text.
    public func tokens(of text: String) -> [String] { numbers(of: text).map { vocabulary[$0] } }

    /// The text of tokens. Bytes that are no UTF-8 become the replacement character.
    public func text(of tokens: [String]) -> String {
        let bytes = tokens.flatMap { token in Self.byte(token).map { [$0] } ?? Array(token.utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func byte(_ token: String) -> UInt8? {
        guard token.utf8.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">") else { return nil }
        return UInt8(token.dropFirst(3).dropLast(), radix: 16)
    }

    private static func scalars(_ piece: [UInt8]) -> String.UnicodeScalarView {
        String(decoding: piece, as: UTF8.self).unicodeScalars
    }

    /// The characters and bytes of a piece.
    private func start(_ piece: [UInt8]) -> [Int] {
        Self.scalars(piece).flatMap { scalar in
            characters[scalar].map { [$0] } ?? String(scalar).utf8.map { Int($0) }
        }
    }

    /// Joins the pair that was learnt first, until none is left.
    private func joined(_ start: [Int]) -> [Int] {
        var numbers = start
        while numbers.count > 1 {
            let pairs = zip(numbers, numbers.dropFirst()).map { Pair(left: $0, right: $1) }
            guard let first = pairs.compactMap({ ranks[$0] }).min() else { break }
            numbers = numbers.joining(merges[first], as: Self.byteCount + alphabet.count + first)
        }
        return numbers
    }
}

extension BytePairEncoding: Hashable, Codable {
    public static func == (one: Self, other: Self) -> Bool {
        one.alphabet == other.alphabet && one.merges == other.merges
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(alphabet)
        hasher.combine(merges)
    }

    private enum CodingKeys: CodingKey { case alphabet, merges }

    /// The characters as one text, and the numbers of the joined tokens, two for each pair.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(String(String.UnicodeScalarView(alphabet)), forKey: .alphabet)
        try container.encode(merges.flatMap { [$0.left, $0.right] }, forKey: .merges)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let alphabet = Array(try container.decode(String.self, forKey: .alphabet).unicodeScalars)
        let numbers = try container.decode([Int].self, forKey: .merges)
        let first = Self.byteCount + alphabet.count
        let areKnown = numbers.enumerated().allSatisfy {
            (Self.byteCount..<first + $0.offset / 2).contains($0.element)
        }
        guard numbers.count.isMultiple(of: 2), areKnown, Set(alphabet).count == alphabet.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .merges, in: container,
                debugDescription: "expected pairs of numbers of tokens that come before their result")
        }
        self.init(
            alphabet: alphabet,
            merges: stride(from: 0, to: numbers.count, by: 2).map {
                Pair(left: numbers[$0], right: numbers[$0 + 1])
            })
    }
}

extension [Int] {
    /// With one number for each occurrence of a pair, from left to right.
    func joining(_ pair: BytePairEncoding.Pair, as number: Int) -> [Int] {
        var (result, place): ([Int], Int) = ([], 0)
        result.reserveCapacity(count)
        while place < count {
            let isPair = place + 1 < count && self[place] == pair.left && self[place + 1] == pair.right
            result.append(isPair ? number : self[place])
            place += isPair ? 2 : 1
        }
        return result
    }
}

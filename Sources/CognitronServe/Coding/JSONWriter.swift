import NIOCore

/// Writes JSON into a buffer.
///
///     var json = JSONWriter()
///     json.object { json in
///         json.member("class", "cat")
///         json.member("probability", 0.75 as Float)
///     }
struct JSONWriter {
    private(set) var buffer = ByteBuffer()
    private var needsComma = false

    // MARK: - Containers

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    mutating func list<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        open("[")
        for element in elements { write(&self, element) }
        close("]")
    }

    /// The name of an object's next value.
    mutating func name(_ name: String) {
        text(name)
        buffer.writeStaticString(":")
        needsComma = false
    }

    // MARK: - Values

    mutating func text(_ text: String) {
        separate()
        buffer.writeStaticString("\"")
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
            writeEscaped(text)
        } else {
            buffer.writeString(text)
        }
        buffer.writeStaticString("\"")
        needsComma = true
    }

    /// A number; null for one that is none, which JSON cannot say.
    mutating func number(_ number: Float) {
        separate()
        buffer.writeString(number.isFinite ? number.description : "null")
        needsComma = true
    }

    mutating func number(_ number: Double) {
        separate()
        buffer.writeString(number.isFinite ? number.description : "null")
        needsComma = true
    }

    mutating func integer(_ number: Int) {
        separate()
        buffer.writeString(String(number))
        needsComma = true
    }

    mutating func bool(_ value: Bool) {
        separate()
        buffer.writeString(value ? "true" : "false")
        needsComma = true
    }

    // MARK: - Members

    mutating func member(_ name: String, _ text: String) {
        self.name(name)
        self.text(text)
    }

    mutating func member(_ name: String, _ number: Float) {
        self.name(name)
        self.number(number)
    }

    mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    mutating func member(_ name: String, _ number: Int) {
        self.name(name)
        integer(number)
    }

    mutating func member<Elements: Sequence>(
        _ name: String, _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        self.name(name)
        list(elements, write)
    }

    // MARK: - Parts

    private mutating func open(_ bracket: StaticString) {
        separate()
        buffer.writeStaticString(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: StaticString) {
        buffer.writeStaticString(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeStaticString(",") }
    }

    private mutating func writeEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: buffer.writeBytes([0x5C, byte])
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                buffer.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: buffer.writeInteger(byte)
            }
        }
    }
}

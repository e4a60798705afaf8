import Foundation

/// The size of a PNG file's picture, from its first chunk.
///
/// - Source: W3C, "Portable Network Graphics", 5.2 and 11.2.1.
struct PNGHeader {
    let file: [UInt8]
    let width: Int
    let height: Int
    /// 1 for grey, 2 with transparency, 3 for colours, 4 with transparency.
    let channels: Int

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// By the colour type: grey, colours, palette, and grey and colours with transparency.
    private static let channelsByType: [UInt8: Int] = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4]

    /// - Parameter name: of the picture, for messages.
    init(_ data: Data, _ name: String) throws {
        let bytes = [UInt8](data)
        guard bytes.count >= 26, Array(bytes[0..<8]) == Self.signature,
            Array(bytes[12..<16]) == Array("IHDR".utf8), let channels = Self.channelsByType[bytes[25]]
        else {
            throw CognitronError(
                .argument, name, "is no picture that TensorBoard can show",
                expected: "the bytes of a PNG file",
                got: "\(bytes.count) other bytes")
        }
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        file = bytes
        width = number(16)
        height = number(20)
        self.channels = channels
    }
}

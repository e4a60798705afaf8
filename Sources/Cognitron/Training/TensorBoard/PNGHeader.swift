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
        file = [UInt8](data)
        guard file.count >= 26, Array(file[0..<8]) == Self.signature,
            Array(file[12..<16]) == Array("IHDR".utf8), let channels = Self.channelsByType[file[25]]
        else {
            throw CognitronError(
                .argument, name, "is no picture that TensorBoard can show",
                expected: "the bytes of a PNG file",
                got: "\(file.count) other bytes")
        }
        width = Self.number(file[16..<20])
        height = Self.number(file[20..<24])
        self.channels = channels
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}

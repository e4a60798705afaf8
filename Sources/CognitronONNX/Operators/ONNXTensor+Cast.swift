import Cognitron

extension ONNXTensor {
    /// The elements as numbers of another type.
    func cast(to type: ElementType) throws -> ONNXTensor {
        switch type {
        case .bool: ONNXTensor(tensor .!= 0, type)
        case .float, .double: ONNXTensor(tensor, type)
        case .float16: ONNXTensor(tensor.map { Float(half: Self.halfBits($0)) }, type)
        case .bfloat16: ONNXTensor(tensor.map(Self.roundedToBFloat16), type)
        default:
            ONNXTensor(self.type.isFloating ? tensor.map { $0.rounded(.towardZero) } : wrapped(type), type)
        }
    }

    /// Whole numbers modulo the range of a smaller type.
    private func wrapped(_ type: ElementType) -> Tensor {
        guard type.size <= 2 else { return tensor }
        let range = Float(type.size == 1 ? 256 : 65_536)
        let isSigned = type == .int8 || type == .int16
        return tensor.map { value in
            let rest = value - (value / range).rounded(.down) * range
            return isSigned && rest >= range / 2 ? rest - range : rest
        }
    }

    /// The nearest number of half precision, ties to even.
    private static func halfBits(_ value: Float) -> UInt16 {
        let sign = UInt16(value.bitPattern >> 16 & 0x8000)
        let magnitude = value.bitPattern & 0x7fff_ffff
        if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
        if magnitude >= 0x477f_f000 { return sign | 0x7c00 }
        if magnitude < 0x3880_0000 {
            // Subnormal: a multiple of 2⁻²⁴.
            return sign | UInt16((Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven))
        }
        return sign | UInt16((magnitude &+ 0xfff &+ (magnitude >> 13 & 1) &- 0x3800_0000) >> 13)
    }

    private static func roundedToBFloat16(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }
}

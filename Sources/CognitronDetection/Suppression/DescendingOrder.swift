extension [Float] {
    /// The positions of the values from the largest down; equal values in the order that they have.
    ///
    /// Numbers that are none come first where their sign is plus, else last.
    func descendingOrder() -> [Int] {
        // Whole numbers that sort as the values do: several times faster than comparing by position.
        var keys = [UInt64]()
        keys.reserveCapacity(count)
        for (index, value) in enumerated() {
            let bits = (value + 0).bitPattern  // 0 for −0
            let rising = bits >> 31 == 1 ? ~bits : bits | 1 << 31
            keys.append(UInt64(~rising) << 32 | UInt64(index))
        }
        keys.sort()
        return keys.map { Int($0 & 0xFFFF_FFFF) }
    }
}

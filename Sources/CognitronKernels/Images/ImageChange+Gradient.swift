extension ImageChange {
    /// The gradient of the image before the change for that after it, in place. Changes by tables and of hues
    /// have none: their gradient is zero.
    ///
    /// - Parameters:
    ///   - dy: the gradient after the change; then that before it.
    ///   - x: the image before the change.
    ///   - scratch: memory for another image of the same size.
    func pullBack(
        _ dy: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, _ size: ImageSize
    ) {
        switch self {
        case .warp(let warp):
            scratch.update(from: dy, count: size.count)
            warp.scatter(scratch, into: dy, size)
        case .brightness(let delta, let range):
            for i in 0..<size.count where !range.contains(x[i] + delta) { dy[i] = 0 }
        case .clip(let range):
            for i in 0..<size.count where !range.contains(x[i]) { dy[i] = 0 }
        case .contrast(let factor, let range):
            scratch.update(from: x, count: size.count)
            size.contrast(scratch, factor: factor)
            for i in 0..<size.count where !range.contains(scratch[i]) { dy[i] = 0 }
            // The map is its own transpose.
            size.contrast(dy, factor: factor)
        case .grey(let share, let range):
            scratch.update(from: x, count: size.count)
            size.grey(scratch, share: share)
            for i in 0..<size.count where !range.contains(scratch[i]) { dy[i] = 0 }
            size.mapPixels(dy) { (1 - share) * $0 + share * $0.sum() * ImageSize.brightnesses }
        case .hue, .saturation:
            // Images that have not three channels pass unchanged.
            if size.channels == 3 { dy.update(repeating: 0, count: size.count) }
        case .posterize, .equalize: dy.update(repeating: 0, count: size.count)
        case .invert: size.map(dy) { -$0 }
        case .solarize(let addition, let threshold, let range):
            for i in 0..<size.count {
                let byte = range.byte(x[i]) + addition
                if byte < 0 || byte > 255 { dy[i] = 0 } else if byte >= threshold { dy[i] = -dy[i] }
            }
        case .stretch(let range): pullBackStretch(dy, x, size, range)
        case .sharpness(let factor, let range):
            size.smooth(x, into: scratch)
            for i in 0..<size.count where !range.contains(x[i] + (1 - factor) * (scratch[i] - x[i])) {
                dy[i] = 0
            }
            size.smooth(dy, into: scratch)
            for i in 0..<size.count { dy[i] = factor * dy[i] + (1 - factor) * scratch[i] }
        case .filter(let rows, let columns, _):
            // Symmetric filters with zeros beyond the edges are their own transpose; those of layers are.
            withScratch(size) { other in
                scratch.update(from: dy, count: size.count)
                size.filter(
                    scratch, into: dy, scratch: other, rows: rows, columns: columns, .constant(0))
            }
        case .erase(let rows, let columns, _):
            size.fill(dy, rows: rows, columns: columns, with: 0)
        case .mixture(let own, let chains, let range):
            pullBackMixture(dy, x, scratch: scratch, size, own: own, chains, range)
        }
    }

    /// y = (x − low) / (high − low) · length + black, where low and high are pixels too.
    private func pullBackStretch(
        _ dy: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ size: ImageSize, _ range: ValueRange
    ) {
        for c in 0..<size.channels {
            guard let (low, high) = size.extremes(x, channel: c) else { continue }
            let (scale, pixels) = (range.length / (high - low), size.height * size.width)
            var (toLow, toHigh, lowest, highest): (Float, Float, Int?, Int?) = (0, 0, nil, nil)
            for at in stride(from: c, to: pixels * size.channels, by: size.channels) {
                let share = (x[at] - low) / (high - low)
                toLow += dy[at] * scale * (share - 1)
                toHigh -= dy[at] * scale * share
                if x[at] == low { lowest = lowest ?? at }
                if x[at] == high { highest = highest ?? at }
                dy[at] *= scale
            }
            if let lowest { dy[lowest] += toLow }
            if let highest { dy[highest] += toHigh }
        }
    }

    private func pullBackMixture(
        _ dy: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, _ size: ImageSize, own: Float,
        _ chains: [(weight: Float, changes: [ImageChange])], _ range: ValueRange
    ) {
        withScratch(size) { part in
            part.update(from: x, count: size.count)
            ImageChange.mixture(own: own, chains: chains, -.infinity ... .infinity)
                .apply(part, scratch: scratch, size)
            for i in 0..<size.count where !range.contains(part[i]) { dy[i] = 0 }
            withScratch(size) { sum in
                for i in 0..<size.count { sum[i] = own * dy[i] }
                for (weight, changes) in chains {
                    for i in 0..<size.count { part[i] = (1 - own) * weight * dy[i] }
                    changes[...].pullBack(part, x, scratch: scratch, size)
                    for i in 0..<size.count { sum[i] += part[i] }
                }
                dy.update(from: sum, count: size.count)
            }
        }
    }
}

extension ArraySlice<ImageChange> {
    /// The gradient through changes one after another, in place.
    package func pullBack(
        _ dy: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, _ size: ImageSize
    ) {
        guard let change = first else { return }
        guard count > 1 else { return change.pullBack(dy, x, scratch: scratch, size) }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size.count) { memory in
            guard let next = memory.baseAddress else { return }
            next.update(from: x, count: size.count)
            change.apply(next, scratch: scratch, size)
            dropFirst().pullBack(dy, next, scratch: scratch, size)
        }
        change.pullBack(dy, x, scratch: scratch, size)
    }
}

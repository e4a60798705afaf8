// Measures the time spent in matrix products.

import Synchronization

/// The total time of matrix products while measuring is on. Process-wide: concurrent products count as well.
package enum ProductTime {
    private static let isOn = Atomic<Bool>(false)
    private static let total = Atomic<Int>(0)

    /// Whether products are timed, at the cost of two clock readings each. Off by default.
    package static var isMeasured: Bool {
        get { isOn.load(ordering: .relaxed) }
        set { isOn.store(newValue, ordering: .relaxed) }
    }

    /// Wall-clock time of the thread that starts the work: each of the products that run in parallel counts
    /// with its share of their common time.
    package static var nanoseconds: Int { total.load(ordering: .relaxed) }

    @inline(__always)
    static func measure(_ product: () -> Void) {
        guard isMeasured else { return product() }
        let began = ContinuousClock.now
        product()
        let taken = (.now - began) / .nanoseconds(1)
        total.add(Int(taken) / WorkerPool.shared.sharers, ordering: .relaxed)
    }
}

// How much of the time goes into matrix products, for those who want to know where a training step spends it.

import Synchronization

/// The time that matrix products have taken, while it is measured. One for the process: what else multiplies at the same
/// time counts as well.
package enum ProductTime {
    private static let isOn = Atomic<Bool>(false)
    private static let total = Atomic<Int>(0)

    /// Whether products are timed: two looks at the clock each. Off at first.
    package static var isMeasured: Bool {
        get { isOn.load(ordering: .relaxed) }
        set { isOn.store(newValue, ordering: .relaxed) }
    }

    /// Time on the clock of the thread that started the work: products that workers share out count each as its part of
    /// their common time.
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

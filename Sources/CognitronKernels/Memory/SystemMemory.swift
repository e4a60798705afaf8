// Allocates small pieces from the C library and large ones from the kernel: the C library would cut pieces of
// up to 32 MiB out of one heap, which fragments it.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension BufferPool.System {
    static let standard = Self(
        allocate: { bytes in
            if bytes >= leastMapped { return map(bytes) }
            var memory: UnsafeMutableRawPointer?
            return posix_memalign(&memory, 64, bytes) == 0 ? memory : nil
        },
        release: { memory, bytes in
            if bytes >= leastMapped {
                munmap(memory, pages(bytes))
            } else {
                free(memory)
            }
        })

    /// Bytes from which memory is mapped from the kernel.
    private static let leastMapped = 1 << 20

    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// A 2 MiB page costs one fault instead of the 512 of 4 KiB pages: memory of at least twice that size is
    /// aligned to it and mapped with such pages.
    private static let hugePage = 2 << 20

    /// `bytes` rounded up to whole pages.
    private static func pages(_ bytes: Int) -> Int { (bytes + page - 1) / page * page }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let alignment = bytes >= 2 * hugePage ? hugePage : page
        // Maps a margin for the alignment and unmaps the rest of it on both sides at once.
        let (wanted, margin) = (pages(bytes), alignment - page)
        guard let start = mmap(nil, wanted + margin, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
            start != MAP_FAILED
        else { return nil }
        let before = -Int(bitPattern: start) & (alignment - 1)
        let memory = start + before
        if before > 0 { munmap(start, before) }
        if margin > before { munmap(memory + wanted, margin - before) }
        #if os(Linux)
            if alignment == hugePage { madvise(memory, wanted, MADV_HUGEPAGE) }
        #endif
        return memory
    }
}

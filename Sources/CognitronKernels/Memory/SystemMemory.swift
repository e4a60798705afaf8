// Where buffers' memory comes from: small pieces from the C library, large ones from the kernel itself. The C library would cut
// pieces of up to 32 MiB out of one heap, and leave holes between them.

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

    /// From this size on, memory comes from the kernel.
    private static let leastMapped = 1 << 20

    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// A 2 MiB page costs one fault where 4 KiB pages cost 512: memory of twice its size is aligned to it, and asked for in such
    /// pages.
    private static let hugePage = 2 << 20

    /// Bytes of the pages that hold so many.
    private static func pages(_ bytes: Int) -> Int { (bytes + page - 1) / page * page }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let alignment = bytes >= 2 * hugePage ? hugePage : page
        // What is too much on either side, so that a multiple of the alignment lies within, goes back at once.
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

import Cognitron

// Groups: their names in a heap, and a B-tree of symbol tables.

extension HDF5Writer {
    /// Writes a group's names and members; returns its symbol table message.
    mutating func symbolTable(
        _ members: [HDF5Content.Member], _ path: String
    ) throws -> [UInt8] {
        // Names are sorted by their bytes.
        let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var heap = [UInt8](repeating: 0, count: 8)
        var entries: [(name: Int, header: Int)] = []
        for (index, member) in sorted.enumerated() {
            guard !member.name.isEmpty, !member.name.contains("/"),
                index == 0 || sorted[index - 1].name != member.name
            else {
                throw CognitronError(
                    .file, path, "a name that HDF5 cannot hold", expected: "names without slashes, each once",
                    got: member.name.quoted)
            }
            entries.append((heap.count, try header(of: member.content, path)))
            heap += Array(member.name.utf8) + [0]
            heap += [UInt8](repeating: 0, count: (8 - heap.count % 8) % 8)
        }
        let tree = tree(over: entries)
        let start = localHeap(heap)
        return Self.number(tree, 8) + Self.number(start, 8)
    }

    private mutating func localHeap(_ heap: [UInt8]) -> Int {
        align()
        let address = bytes.count
        bytes += Array("HEAP".utf8) + [0, 0, 0, 0]
        append(heap.count, 8)
        // 1 says that no part is free.
        append(1, 8)
        append(address + 32, 8)
        bytes += heap
        return address
    }

    /// Writes symbol tables and the B-tree over them; returns its root.
    private mutating func tree(over entries: [(name: Int, header: Int)]) -> Int {
        let capacity = 2 * Self.leafHalf
        // The last name of each child, and its address.
        var children: [(last: Int, address: Int)] = stride(from: 0, to: entries.count, by: capacity).map {
            symbols(Array(entries[$0..<min(entries.count, $0 + capacity)]), capacity)
        }
        var level = 0
        repeat {
            children = nodes(over: children, level)
            level += 1
        } while children.count > 1
        return children[0].address
    }

    private mutating func symbols(
        _ entries: [(name: Int, header: Int)], _ capacity: Int
    ) -> (last: Int, address: Int) {
        align()
        let address = bytes.count
        bytes += Array("SNOD".utf8) + [1, 0]
        append(entries.count, 2)
        for entry in entries {
            append(entry.name, 8)
            append(entry.header, 8)
            append(0, 8 + 16)
        }
        append(0, (capacity - entries.count) * 40)
        return (entries[entries.count - 1].name, address)
    }

    /// Writes the nodes of one level.
    private mutating func nodes(
        over children: [(last: Int, address: Int)], _ level: Int
    ) -> [(last: Int, address: Int)] {
        align()
        let capacity = 2 * Self.nodeHalf
        let size = 24 + capacity * 8 + (capacity + 1) * 8
        let start = bytes.count
        let count = max(1, (children.count + capacity - 1) / capacity)
        return (0..<count).map { number in
            let own = children[
                min(children.count, number * capacity)..<min(children.count, (number + 1) * capacity)]
            let address = start + number * size
            bytes += Array("TREE".utf8) + [0, UInt8(level)]
            append(own.count, 2)
            for (isThere, neighbour) in [(number > 0, address - size), (number + 1 < count, address + size)] {
                if isThere { append(neighbour, 8) } else { append(undefined: 1) }
            }
            // Before the first child stands the name before it: the empty one at first.
            append(number == 0 ? 0 : children[number * capacity - 1].last, 8)
            for child in own {
                append(child.address, 8)
                append(child.last, 8)
            }
            append(0, (capacity - own.count) * 16)
            return (own.last?.last ?? 0, address)
        }
    }
}

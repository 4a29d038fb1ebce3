import FuzzSupport
import TestSupport
import Testing

@Suite struct FuzzSeedTests {
  /// What fuzzing starts from holds the laws that it is held to; a broken one ends the process.
  @Test(arguments: Messages.subjects.map(\.name)) func seedsHoldTheLaws(name: String) throws {
    let subject = try #require(Messages.subjects.first { $0.name == name })
    let seeds = try subject.seeds()
    #expect(!seeds.isEmpty)
    for seed in seeds {
      subject.trial(seed)
      subject.trial(Array(seed.dropLast(seed.count / 3)))
    }
  }

  /// What libarchive refuses is empty; freeing it writes what it holds, which went to memory that was gone.
  @Test func refusedArchives() {
    let long = BuiltMember(String(repeating: "long/", count: 30) + "n", [1, 2, 3])
    #expect(ArchiveBuilder.archive("v7tar", [BuiltMember("a", [1]), long]).isEmpty)
    #expect(ArchiveBuilder.archive("cpio", [BuiltMember("folder", form: .directory)]).isEmpty)
  }
}

namespace Sallyport.Kernel.Tests;

/// <summary>What `files:` of a policy says: which tracked files are looked after, and which programs may write to them.</summary>
public sealed class SourcePolicyTests(LabFixture fixture) : SourceTest(fixture), IClassFixture<LabFixture>
{
    private const string Format = "/run/lab/work/tools/format";
    private const string Edit = "-i 's/return 0/return 9/' src/main.c";

    /// <summary>Three tracked files and one that is not.</summary>
    private const string ChangeAll =
        "for file in README src/main.c src/more.c src/generated.c; do echo more >> $file; done; test $(git status --porcelain | wc -l) = 4";

    [Theory]
    [InlineData(null, "README src/main.c src/more.c")]
    [InlineData("'src/**'", "src/main.c src/more.c")]
    [InlineData("'*.c'", "src/main.c src/more.c")]
    [InlineData("'src/**', README", "README src/main.c src/more.c")]
    [InlineData("'src/**', '!src/more.c'", "src/main.c")]
    [InlineData("'!src/**'", "README")]
    [InlineData("'lib/**'", "")]
    public async Task Files_that_a_policy_protects_are_looked_after_and_no_others(string? protect, string found)
    {
        var off = await RunAsync(LabMode.Off, ChangeAll);
        Assert.True(off.Process.ExitCode == 0, off.ToString());
        var run = await RunAsync(
            LabMode.Audit, ChangeAll, policy: protect is null ? null : $"version: 1\nfiles: {{ protect: [{protect}] }}");
        Assert.True(run.Process.ExitCode == 0 && run.Report.Complete, run.ToString());
        var files = Tampered(run).Select(finding => finding.Evidence["file"]).Order(StringComparer.Ordinal)
            .Select(file => string.Join('/', file.Split('/').SkipWhile(part => !part.StartsWith("tree-", StringComparison.Ordinal)).Skip(1)));
        Assert.Equal(found, string.Join(' ', files));
    }

    [Theory]
    [InlineData(Format, $"{Format} {Edit}")]
    [InlineData(Format, $"cd src; ../../tools/format -i 's/return 0/return 9/' main.c; cd ..")]
    [InlineData(Format, $"ln -s {Format} own; ./own {Edit}")]
    [InlineData("/usr/bin/sed", $"/bin/sed {Edit}")]
    public async Task A_tool_that_the_policy_names_may_write(string tool, string script)
    {
        await InstallAsync();
        await SilentAsync($"{script}\n{Compile}", policy: PolicyOf(tool));
    }

    // Taken off lazily: the agent reads a program once to know its hash, and a mount with an open file is busy.
    [Theory]
    [InlineData("sed", $"sed {Edit}")]
    [InlineData("own", $"cp {Format} own; ./own {Edit}")]
    [InlineData("own", $"ln {Format} own; ./own {Edit}")]
    [InlineData("format", $"mkdir other; mount --bind ../tools other; other/format {Edit}; umount -l other")]
    [InlineData("sed", $"bash -c 'exec -a {Format} sed \"$@\"' bash {Edit}")]
    [InlineData("cp", $"echo '{Evil}' > evil.c; echo x | {Format} '1e cp evil.c src/main.c'")]
    public async Task The_same_program_by_another_path_may_not_nor_what_the_tool_starts(string exe, string attack)
    {
        await InstallAsync();
        _ = await FindAsync(exe, attack, Compile, policy: PolicyOf(Format));
    }

    private static string PolicyOf(string tool) => $"version: 1\nfiles: {{ tools: [{tool}] }}";

    private async Task InstallAsync()
    {
        var made = await Lab.OutsideAsync("/bin/sh", "-ec", $"mkdir -p /run/lab/work/tools; cp -f /usr/bin/sed {Format}");
        Assert.True(made.ExitCode == 0, made.ToString());
    }
}

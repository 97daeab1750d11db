using System.Text.RegularExpressions;

namespace Sallyport.Architecture.Tests;

/// <summary>Agent.Core, Baseline, Policy and Reporting: bytes in, verdicts out; what they need from the world is a parameter.</summary>
public sealed partial class PurityTests
{
    public static TheoryData<string> PureProjects => ["Agent.Core", "Baseline", "Policy", "Reporting"];

    [Theory]
    [MemberData(nameof(PureProjects))]
    public void A_pure_project_uses_no_files_environment_clock_threads_or_unsafe_code(string project)
    {
        var folder = Path.Combine(Repository.Root, "src", project);
        var uses = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Uses(File.ReadAllText(path))
                .Select(use => $"{Path.GetRelativePath(folder, path)}: {use}"));
        Assert.Empty(uses);
        var settings = File.ReadAllText(Repository.Projects(Path.Combine("src", project)).Single());
        Assert.DoesNotContain("AllowUnsafeBlocks", settings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("using System.IO;")]
    [InlineData("var text = File.ReadAllText(path);")]
    [InlineData("Environment.GetEnvironmentVariable(name)")]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = TimeProvider.System.GetUtcNow();")]
    [InlineData("Stopwatch.GetTimestamp()")]
    [InlineData("new Thread(Run)")]
    [InlineData("await Task.Run(work);")]
    [InlineData("Console.WriteLine(x)")]
    [InlineData("unsafe { }")]
    [InlineData("Dns.GetHostName()")]
    [InlineData("new Socket(family, type, protocol)")]
    [InlineData("Guid.NewGuid()")]
    public void The_check_finds_what_it_looks_for(string line) => Assert.NotEmpty(Uses(line));

    [Theory]
    [InlineData("/// <summary>A file; see File.ReadAllText.</summary>")]
    [InlineData("// Environment.Exit is the agent's business")]
    [InlineData("var rule = RuleSet.Of(numbers);")]
    [InlineData("public string File { get; }")]
    [InlineData("PolicySource.File(path, bytes)")]
    [InlineData("const string Word = \"unsafe \";")]
    [InlineData("UnsafeRelaxedJsonEscaping")]
    public void The_check_leaves_alone_what_only_looks_like_it(string line) => Assert.Empty(Uses(line));

    private static IEnumerable<string> Uses(string source) =>
        Forbidden().Matches(NotCode().Replace(source, "")).Select(match => match.Value);

    // Comments, and literals of one line; a file that hides code behind more than that does not pass review.
    [GeneratedRegex("""//.*|/\*[\s\S]*?\*/|"(?:\\.|[^"\\\n])*"(?:u8)?""")]
    private static partial Regex NotCode();

    [GeneratedRegex(
        """
        \bSystem\.(IO|Net\.Http|Threading|Diagnostics\.Process)\b
        |(?<![\w.])(File|Directory|FileStream|StreamReader|StreamWriter|Console|Environment|Stopwatch|Socket|HttpClient
            |Thread|ThreadPool|Timer|Monitor|Interlocked|Parallel|Process|Dns|NetworkInterface)\.[A-Z]
        |\bnew\s+(Thread|Timer|FileStream|FileInfo|DirectoryInfo|Socket|Process|HttpClient|TcpClient|UdpClient|Random)\b
        |\b(DateTime|DateTimeOffset)\.(UtcNow|Now|Today)\b
        |\bTimeProvider\.System\b
        |\b(Task\.Run|Task\.Delay|Random\.Shared|Guid\.NewGuid|Guid\.CreateVersion7)\b
        |\b(unsafe|lock|async|await|stackalloc\s+\w+\s*\*)\s
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Forbidden();
}
